import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Review } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { openBuild } from './testing/build-under-test.ts'
import { canary, shop, shopPolicy } from './testing/shop.ts'

const never = new AbortController().signal

test('a first review writes an answer for every column', async () => {
  await using under = openBuild(shop())
  const review = Review.parse(await under.snapshots.review('shop', false, never))

  expect(review).toMatchObject({ written: true, existed: false })
  expect(review.columns.map(({ table, column, change }) => `${table}.${column} ${change}`)).toEqual(
    [
      'public.customer.id added',
      'public.customer.email added',
      'public.customer.name added',
      'public.event.id added',
      'public.event.message added',
    ],
  )
  expect(readFileSync(under.policyPath, 'utf8')).toBe(review.yaml)
  expect(statSync(under.policyPath).mode & 0o777).toBe(0o644)
  expect(readdirSync(dirname(under.policyPath))).toEqual(['masking.yaml'])
})

test('what a review wrote is enough to build with', async () => {
  await using under = openBuild(shop())
  await under.snapshots.review('shop', false, never)

  expect((await under.build()).rows).toBe(100)
})

test('an existing policy is not touched without being asked to', async () => {
  const policy = 'public.customer: { id: keep, email: secret }\n'
  await using under = openBuild(shop(), policy)
  const review = await under.snapshots.review('shop', false, never)

  expect(review).toMatchObject({ written: false, existed: true })
  expect(readFileSync(under.policyPath, 'utf8')).toBe(policy)
})

test('an update keeps what a person answered and adds what is missing', async () => {
  await using under = openBuild(shop(), 'public.customer: { id: keep, email: secret }\n')
  const review = await under.snapshots.review('shop', true, never)
  const changes = new Map(review.columns.map(({ column, ...rest }) => [column, rest]))

  expect(review.written).toBe(true)
  expect(changes.get('email')).toMatchObject({ strategy: 'secret', change: 'same', unsure: false })
  expect(changes.get('message')).toMatchObject({ change: 'added' })
  expect(readFileSync(under.policyPath, 'utf8')).toMatch(/email: secret/)
})

test('an update of a policy that lacks nothing leaves the file as it is', async () => {
  await using under = openBuild(shop(), shopPolicy)
  await under.snapshots.review('shop', true, never)
  const pinned = readFileSync(under.policyPath, 'utf8')
  const review = await under.snapshots.review('shop', true, never)

  expect(review.written).toBe(false)
  expect(readFileSync(under.policyPath, 'utf8')).toBe(pinned)
})

test('an update says for which types a policy was reviewed, and keeps every comment', async () => {
  const written = `# Agreed with Legal.
public.customer:
  id: keep
  email: email # unsure: reviewed by hand
  # The nickname.
  name: full_name

public.event: { id: keep, message: keep }
`
  await using under = openBuild(shop(), written)
  const review = await under.snapshots.review('shop', true, never)

  expect(review.columns.every(({ change }) => change === 'same')).toBe(true)
  expect(review.yaml.startsWith(written)).toBe(true)
  expect(review.yaml).toContain('schema:\n  public.customer:\n    id: integer\n')
  const places = (await under.build()).findings.map(({ where }) => where)
  expect(places).not.toContain('masking policy')
})

test('a column whose type changed is shown, and its answer stays', async () => {
  await using under = openBuild(
    shop(),
    `${shopPolicy}schema: { public.customer: { id: bigint } }\n`,
  )
  const review = await under.snapshots.review('shop', true, never)

  expect(review.columns).toContainEqual(
    expect.objectContaining({ column: 'id', strategy: 'keep', change: 'changed', unsure: true }),
  )
  expect((await under.build()).rows).toBe(100)
})

test('an answer that no longer fits its column is replaced and marked', async () => {
  await using under = openBuild(shop(), shopPolicy.replace('id: keep, email', 'id: email, email'))
  const review = await under.snapshots.review('shop', true, never)

  expect(review.columns).toContainEqual(
    expect.objectContaining({
      table: 'public.customer',
      column: 'id',
      change: 'changed',
      unsure: true,
    }),
  )
})

test('a column that is gone is shown as removed', async () => {
  await using under = openBuild(shop(), `${shopPolicy}public.old: { note: text }\n`)
  const review = await under.snapshots.review('shop', true, never)

  expect(review.columns).toContainEqual(
    expect.objectContaining({ table: 'public.old', column: 'note', change: 'removed' }),
  )
  expect(readFileSync(under.policyPath, 'utf8')).not.toContain('public.old')
})

test('a review holds no value', async () => {
  await using under = openBuild(shop())
  const told = JSON.stringify(await under.snapshots.review('shop', false, never))

  expect(told).not.toContain(canary)
  expect(told).not.toMatch(/sakila|login number/)
})

test('a review makes nothing on the engine', async () => {
  await using under = openBuild(shop())
  await under.snapshots.review('shop', false, never)

  expect(await under.remains()).toEqual([])
})
