import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SandboxError } from '@stuntdouble/sdk/errors'
import {
  ndjsonType,
  ProgressLine,
  Review,
  Snapshot,
  SnapshotPlan,
  SourceList,
} from '@stuntdouble/sdk/wire'
import express, { type ErrorRequestHandler } from 'express'
import { expect, test } from 'vitest'
import { snapshotRoutes } from './routes.ts'
import { type BuildUnderTest, openBuild, sourcePassword } from './testing/build-under-test.ts'
import { shop, shopPolicy } from './testing/shop.ts'

// biome-ignore lint/complexity/useMaxParams: express knows an error handler by its four parameters
const answerErrors: ErrorRequestHandler = (cause, _request, response, _next) => {
  if (!(cause instanceof SandboxError)) throw cause
  response.status(cause.status).json({ code: cause.code })
}

async function serve(under: BuildUnderTest) {
  const routes = snapshotRoutes(under.snapshots)
  const app = express().use('/v1', express.json(), routes, answerErrors)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return {
    ask: (method: string, path: string, body?: object) =>
      fetch(`${origin}${path}`, {
        ...{ method, headers: { 'content-type': 'application/json' } },
        ...(body && { body: JSON.stringify(body) }),
      }),
    watch: (path: string, body: object) =>
      fetch(`${origin}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: ndjsonType },
        body: JSON.stringify(body),
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('a build answers with progress lines and then the snapshot', async () => {
  await using under = openBuild(shop(), shopPolicy)
  await using served = await serve(under)
  const response = await served.watch('/snapshots', { source: 'shop' })
  const lines = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => ProgressLine.parse(JSON.parse(line)))
  const last = lines.at(-1)

  expect(response.status).toBe(201)
  expect(lines.length).toBeGreaterThan(5)
  expect(last?.type === 'result' && Snapshot.parse(last.value).rows).toBe(100)
})

test('a snapshot is listed, shown and removed', async () => {
  await using under = openBuild(shop(), shopPolicy)
  await using served = await serve(under)
  const { id } = await under.build()

  expect(await (await served.ask('GET', '/snapshots')).json()).toMatchObject({
    snapshots: [{ id }],
  })
  expect(await (await served.ask('GET', `/snapshots/${id}`)).json()).toMatchObject({
    id,
    rows: 100,
  })
  expect((await served.ask('DELETE', `/snapshots/${id}`)).status).toBe(204)
  expect((await served.ask('GET', `/snapshots/${id}`)).status).toBe(404)
})

test('a source is shown without its password', async () => {
  await using under = openBuild(shop(), shopPolicy)
  await using served = await serve(under)
  const text = await (await served.ask('GET', '/sources')).text()

  expect(text).not.toContain(sourcePassword)
  expect(SourceList.parse(JSON.parse(text)).sources).toEqual([
    expect.objectContaining({ name: 'shop', address: 'db:5432/shop', policyExists: true }),
  ])
})

test('a review is answered', async () => {
  await using under = openBuild(shop())
  await using served = await serve(under)
  const review = Review.parse(await (await served.ask('POST', '/sources/shop/review', {})).json())

  expect(review).toMatchObject({ source: 'shop', written: true, existed: false })
})

test('a plan is answered, and nothing is copied', async () => {
  await using under = openBuild(shop())
  await using served = await serve(under)
  const answer = await served.ask('POST', '/sources/shop/plan', {})

  expect(SnapshotPlan.parse(await answer.json())).toMatchObject({
    ...{ source: 'shop', subset: false, rows: 100, of: 100 },
    tables: [{ table: 'public.customer', why: ['whole'] }, { table: 'public.event' }],
  })
  expect(under.copy.statements).toEqual([])
  expect(await under.remains()).toEqual([])
})

test.each([
  ['an unknown key', '/snapshots', { source: 'shop', force: true }, 400],
  ['a name that is none', '/snapshots', { source: '../shop' }, 400],
  ['an unknown source', '/snapshots', { source: 'other' }, 404],
  ['a plan of an unknown source', '/sources/constructor/plan', {}, 404],
  ['a review of an unknown source', '/sources/constructor/review', {}, 404],
])('%s is refused', async (...[, path, body, status]) => {
  await using under = openBuild(shop(), shopPolicy)
  await using served = await serve(under)

  expect((await served.ask('POST', path, body)).status).toBe(status)
})

test('a client that goes away ends its build', async () => {
  await using under = openBuild(shop({ hangs: 'public.customer' }), shopPolicy)
  await using served = await serve(under)
  const response = await served.watch('/snapshots', { source: 'shop' })
  await response.body?.cancel()

  await expect.poll(() => under.snapshots.building).toBe(false)
  expect(await under.remains()).toEqual([])
})
