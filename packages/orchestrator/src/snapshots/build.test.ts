import { writeFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { Snapshot, SnapshotDetail } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { isSigned } from './manifest.ts'
import { createSnapshotStore } from './store.ts'
import { type BuildUnderTest, openBuild, sourcePassword } from './testing/build-under-test.ts'
import { refused } from './testing/fake-store.ts'
import { canary, shop, shopPolicy, talkativeShop } from './testing/shop.ts'

const never = new AbortController().signal

test('a built snapshot is sealed, listed and ready for a sandbox', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const built = Snapshot.parse(await under.build())

  expect(built).toMatchObject({ source: 'shop', state: 'sealed', rows: 100, tables: 2, masked: 2 })
  expect(under.snapshots.list()).toEqual([built])
  expect(await under.remains()).toEqual([`volume ${built.id}`, `row ${built.id} sealed`])
  expect(under.snapshots.sealed({ source: 'shop' })).toMatchObject({
    ...{ id: built.id, volume: built.id, image: 'stuntdouble/postgres:15' },
    credentials: { user: 'app', database: 'shop' },
  })
})

test('rows arrive masked, and what is kept arrives as it was', async () => {
  await using under = openBuild(shop(), shopPolicy)
  await under.build()

  const lines = under.copy.lines('public.customer')
  expect(lines).toHaveLength(40)
  expect(lines.join()).not.toMatch(/sakila|Real/)
  expect(lines[0]).toMatch(/^0\t.+@.+\t.+$/)
  expect(under.copy.lines('public.event')[3]).toBe('3\tlogin number 3')
})

test('the details of a snapshot are signed and change with the rows', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const { id } = await under.build()
  const detail = SnapshotDetail.parse(under.snapshots.show(id))
  const sealed = createSnapshotStore(under.storage, () => 0).get(id)?.sealed

  expect(detail.tablesDetail).toEqual([
    { table: 'public.customer', rows: 40, maskedColumns: ['email', 'name'] },
    { table: 'public.event', rows: 60, maskedColumns: [] },
  ])
  expect(detail.leakCheck).toMatchObject({ values: 80, searched: 80, tooShort: 0, sampledOneIn: 1 })
  expect(detail.leakCheck?.bytes).toBeGreaterThan(80 * 20)
  if (!sealed) throw new Error('nothing was sealed')
  expect(isSigned(sealed.manifest, sealed.signature)).toBe(true)
  expect(isSigned({ ...sealed.manifest, rows: 99 }, sealed.signature)).toBe(false)
})

test('progress counts rows up to the end', async () => {
  await using under = openBuild(shop(), shopPolicy)
  await under.build()

  const phases = [...new Set(under.progress.map(({ phase }) => phase))]
  expect(phases).toEqual(
    expect.arrayContaining([
      'inspect',
      'stage',
      'schema',
      'copy',
      'index',
      'verify',
      'leaks',
      'seal',
    ]),
  )
  const copying = under.progress.filter(({ unit }) => unit === 'rows')
  expect(copying.at(-1)).toMatchObject({ done: 100, total: 100, etaSeconds: 0 })
})

test('a column that nobody answered for stops the build before anything is made', async () => {
  await using under = openBuild(shop(), 'public.customer: { id: keep, name: full_name }')
  const error = await under.build().catch((cause: SandboxError) => cause)

  expect(error).toMatchObject({
    code: 'policy_unanswered',
    details: {
      columns: ['public.customer.email', 'public.event.id', 'public.event.message'],
    },
    hint: expect.stringContaining('sandbox data review --source shop --update'),
  })
  expect(await under.remains()).toEqual([])
  expect(under.engine.images).toMatchObject({ made: [] })
})

test('a policy that is not there is said before anything is made', async () => {
  await using under = openBuild(shop())

  await expect(under.build()).rejects.toMatchObject({ code: 'policy_unanswered' })
  expect(await under.remains()).toEqual([])
})

test('a policy that does not fit its columns is refused before anything is made', async () => {
  await using under = openBuild(
    shop(),
    shopPolicy.replace('{ id: keep, email', '{ id: email, email'),
  )

  await expect(under.build()).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('public.customer.id'),
  })
  expect(await under.remains()).toEqual([])
})

test.each([
  ['public.old: { note: text }\n', 'public.old.note is gone'],
  ['schema: { public.customer: { id: bigint } }\n', 'public.customer.id was bigint and is integer'],
  ['schema: { public.old: { id: bigint } }\n', 'public.old is gone'],
])(
  'a policy reviewed for another schema stops the build, which names the difference',
  async (rest, change) => {
    await using under = openBuild(shop(), shopPolicy + rest)
    const error = await under.build().catch((cause: SandboxError) => cause)

    expect(error).toMatchObject({ code: 'config_invalid', details: { changes: [change] } })
    expect(await under.remains()).toEqual([])
  },
)

test('a kept column that looks like e-mail addresses is a finding', async () => {
  await using under = openBuild(shop(), shopPolicy.replace('email: email', 'email: keep'))

  expect((await under.build()).findings).toContainEqual(
    expect.objectContaining({ severity: 'warning', where: 'public.customer.email' }),
  )
})

test('an address that also stands in a kept log message stops the seal', async () => {
  await using under = openBuild(talkativeShop(), shopPolicy)
  const error = await under.build().catch((cause: SandboxError) => cause)

  expect(error).toMatchObject({ code: 'snapshot_failed' })
  expect(inspect(error)).toMatch(/public\.customer\.email.*public\.event\.message/)
  expect(inspect(error, { depth: 9 })).not.toContain('canary')
  expect(await under.remains()).toEqual([])
})

test('an address that stands in a file of the copy alone stops the seal', async () => {
  const files = { 'base/1/1255': 'pg_catalog', 'base/16384/3456': `body of ${canary} function` }
  await using under = openBuild(shop({ files }), shopPolicy)

  await expect(under.build()).rejects.toThrow(/outside of every column, in base\/16384\/3456/)
  expect(await under.remains()).toEqual([])
})

type Arrange = (under: BuildUnderTest) => void

test.each<[string, Arrange]>([
  ['the engine cannot start a pod', ({ engine }) => engine.failNext('start')],
  ['the files cannot be read', ({ engine }) => engine.failNext('exec')],
  ['the server does not stop cleanly', (under) => under.stopWith(1)],
])('nothing is left when %s', async (_, arrange) => {
  await using under = openBuild(shop(), shopPolicy)
  arrange(under)

  await expect(under.build()).rejects.toBeInstanceOf(SandboxError)
  expect(await under.remains()).toEqual([])
})

test.each([
  [
    'the source breaks in the middle',
    { breaks: { table: 'public.customer', error: refused('gone') } },
  ],
  [
    'a constraint does not hold',
    { refuses: { what: 'index of public.event', error: refused('no') } },
  ],
  ['a row is lost', { loses: 'public.event' }],
  ['a foreign key is not validated', { unvalidated: ['public.event.customer'] }],
])('nothing is left when %s', async (_, fault) => {
  await using under = openBuild(shop(fault), shopPolicy)

  await expect(under.build()).rejects.toMatchObject({ code: 'snapshot_failed' })
  expect(await under.remains()).toEqual([])
})

test('nothing is left when a build is aborted in the middle of a table', async () => {
  await using under = openBuild(shop({ hangs: 'public.customer' }), shopPolicy)
  const stop = new AbortController()
  const building = under.build(stop.signal)
  await expect.poll(() => under.progress.some(({ phase }) => phase === 'copy')).toBe(true)

  stop.abort(new Error('the client went away'))
  await expect(building).rejects.toThrow()
  expect(await under.remains()).toEqual([])
})

test('a process that stops ends its builds first and leaves nothing of them', async () => {
  await using under = openBuild(shop({ hangs: 'public.customer' }), shopPolicy)
  const building = under.build().catch((cause: unknown) => cause)
  await expect.poll(() => under.progress.some(({ phase }) => phase === 'copy')).toBe(true)

  await under.snapshots[Symbol.asyncDispose]()
  expect(await building).toBeInstanceOf(SandboxError)
  expect(await under.remains()).toEqual([])
})

test('no error of a failing build holds the password or a row', async () => {
  const error = Object.assign(new Error(`Key (email)=(${canary}) exists`), {
    detail: canary,
    code: '23505',
  })
  const faults = [
    { refusal: new Error(`cannot connect with ${sourcePassword}`) },
    { breaks: { table: 'public.customer', error } },
    { refuses: { what: 'index of public.event', error } },
  ]
  for (const fault of faults) {
    await using under = openBuild(shop(fault), shopPolicy)
    const thrown = await under.build().catch((cause: SandboxError) => cause)

    expect(thrown).toBeInstanceOf(SandboxError)
    const told = inspect([thrown, under.progress, under.events], { depth: 12 })
    expect(told).not.toContain(sourcePassword)
    expect(told).not.toContain('canary')
  }
})

test('a build that cannot clear away is cleared away at the next start', async () => {
  await using under = openBuild(shop({ loses: 'public.event' }), shopPolicy)
  under.engine.failNext('destroy')
  await expect(under.build()).rejects.toThrow()
  expect(await under.remains()).not.toEqual([])
  expect(() => under.snapshots.sealed({ source: 'shop' })).toThrow(/no sealed snapshot/)

  await under.restarted().recover(never)
  expect(await under.remains()).toEqual([])
})

test('a second build of a source at the same time is refused', async () => {
  await using under = openBuild(shop({ hangs: 'public.customer' }), shopPolicy)
  const stop = new AbortController()
  const first = under.build(stop.signal)

  await expect(under.build()).rejects.toMatchObject({ code: 'conflict' })
  expect(under.snapshots.building).toBe(true)
  stop.abort()
  await expect(first).rejects.toThrow()
  expect(under.snapshots.building).toBe(false)
})

test('an equally named source of another configuration has no snapshot', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const { id } = await under.build()
  const other = under.restarted('/home/other/stuntdouble.yaml')

  expect(() => other.sealed({ source: 'shop' })).toThrow(/no sealed snapshot/)
  expect(() => other.sealed({ source: 'shop', snapshot: id })).toThrow(/No snapshot/)
})

test('the newest snapshot is taken, and a named one when it is named', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const older = await under.build()
  const newer = await under.build()

  expect(under.snapshots.sealed({ source: 'shop' }).id).toBe(newer.id)
  expect(under.snapshots.sealed({ source: 'shop', snapshot: older.id }).id).toBe(older.id)
})

test('every snapshot has a password of its own', async () => {
  await using under = openBuild(shop(), shopPolicy)
  await under.build()
  const first = under.snapshots.sealed({ source: 'shop' }).credentials.password
  await under.build()

  expect(under.snapshots.sealed({ source: 'shop' }).credentials.password).not.toBe(first)
})

test('a removed snapshot is gone from the engine and the journal', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const { id } = await under.build()
  await under.snapshots.remove(id, never)

  expect(await under.remains()).toEqual([])
  expect(() => under.snapshots.show(id)).toThrow(/No snapshot/)
})

test('a snapshot that a sandbox runs on stays', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const { id } = await under.build()
  const clone = { name: 'sb1-db', pod: 'sb1', uid: 999, gid: 999, mode: 0o700 }
  await under.engine.volumes.clone(id, clone, never)

  await expect(under.snapshots.remove(id, never)).rejects.toMatchObject({ code: 'snapshot_in_use' })
  expect(under.snapshots.sealed({ source: 'shop' }).id).toBe(id)
})

test('an unknown source names those that are configured', async () => {
  await using under = openBuild(shop(), shopPolicy)

  await expect(under.snapshots.build('toString', () => {}, never)).rejects.toMatchObject({
    code: 'source_not_found',
    hint: expect.stringContaining('shop'),
  })
})

test('a policy that was changed after a build is another digest', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const before = under.snapshots.show((await under.build()).id).policyDigest
  writeFileSync(under.policyPath, `# reviewed\n${shopPolicy}`)
  const after = under.snapshots.show((await under.build()).id).policyDigest

  expect(after).not.toBe(before)
})
