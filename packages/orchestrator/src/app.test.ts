import type { Express, Router } from 'express'
import { expect, test } from 'vitest'
import { type AppParts, createApp } from './app.ts'
import { createAuth } from './auth/auth.ts'
import { e2bControlRoutes } from './doors/e2b/control/routes.ts'
import type { E2bParts } from './doors/e2b/e2b.ts'
import { createLog } from './lib/log.ts'
import { createWrongKeys } from './lib/wrong-keys.ts'
import { listen } from './listen.ts'
import { doorOperations, operations } from './openapi/openapi.ts'

const key = 'sdk_the-right-one'

/** A control plane whose parts are never reached. */
const app = () =>
  createApp({
    ...{ version: '0.0.0', installation: 'test', dashboard: '/nowhere' },
    auth: createAuth(key, Date.now),
    log: createLog('silent'),
    // A minute passes between any two keys: how many are too many is tested where it is decided.
    ...{ names: [], wrongKeys: createWrongKeys(minutes()) },
    snapshots: { building: false },
    e2b: { key: 'e2b_key', wrongKeys: createWrongKeys(minutes()) },
  } as unknown as AppParts)

function minutes() {
  let now = 0
  return () => {
    now += 60_000
    return now
  }
}

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> }
  readonly handle: unknown
}

/** Every `METHOD path` that express serves, routers within routers, without their prefix. */
function routesOf({ stack }: { readonly stack: readonly Layer[] }): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (route) return Object.keys(route.methods).map((method) => `${method} ${route.path}`)
    return isRouter(handle) ? routesOf(handle) : []
  })
}

const isRouter = (handle: unknown): handle is { stack: Layer[] } =>
  typeof handle === 'function' && Array.isArray((handle as unknown as Router).stack)

const routerOf = (express: Express) => (express as unknown as { router: { stack: Layer[] } }).router

test('the document lists exactly the routes that are served', () => {
  const served = routesOf(routerOf(app())).map((route) => route.replace(' /v1/', ' /'))
  // Some of E2B’s are spelt like ours.
  const e2b = routesOf(e2bControlRoutes({} as E2bParts) as unknown as { stack: Layer[] })
  for (const route of e2b) served.splice(served.indexOf(route), 1)
  const described = operations.map(({ method, path }) => `${method} ${path}`)

  expect(served.length).toBeGreaterThan(15)
  expect(served.toSorted()).toEqual(described.toSorted())
})

test('the document can be read without a key, and names every path', async () => {
  await using control = await listen(app(), { host: '127.0.0.1', port: 0, remembered: 0 })
  const response = await fetch(`${control.origin}/v1/openapi.json`)
  const document = (await response.json()) as { paths: object }

  expect(document).toMatchObject({ openapi: '3.1.0', security: [{ key: [] }] })
  expect(Object.keys(document.paths).toSorted()).toEqual(
    [
      ...new Set(
        [...operations, ...doorOperations].map(({ path }) => path.replace(/:(\w+)/g, '{$1}')),
      ),
    ].toSorted(),
  )
})

test('every route but three needs a key, whatever the method’s case and the path’s shape', async () => {
  await using control = await listen(app(), { host: '127.0.0.1', port: 0, remembered: 0 })
  const open = new Set(['/health', '/openapi.json', '/session'])

  for (const { method, path } of operations.filter((each) => !open.has(each.path))) {
    const address = `${control.origin}/v1${path.replace(/:\w+/g, 'sb000000000000')}`
    for (const url of [address, `${address}/`, address.replace('/v1/', '/V1/')]) {
      for (const authorization of ['', 'Bearer', 'Bearer sdk_wrong', `Basic ${key}`]) {
        const response = await fetch(url, { method, headers: { authorization } })
        expect(response.status, `${method} ${url}`).toBe(401)
        expect(await response.json()).toMatchObject({ code: 'unauthorized' })
      }
    }
  }
})

test('what nobody serves is told as a problem, and names no stack', async () => {
  await using control = await listen(app(), { host: '127.0.0.1', port: 0, remembered: 0 })
  const headers = { authorization: `Bearer ${key}` }
  const unknown = await fetch(`${control.origin}/v1/nothing`, { headers })
  const malformed = await fetch(`${control.origin}/v1/sandboxes/%zz`, { headers })
  // The parts are not there: a bug, as far as the client can tell.
  const broken = await fetch(`${control.origin}/v1/sandboxes`, { headers })

  expect([unknown.status, malformed.status, broken.status]).toEqual([404, 400, 500])
  expect(await broken.text()).not.toMatch(/TypeError|undefined|\.ts/)
})
