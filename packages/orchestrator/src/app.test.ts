import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { type AppParts, createApp, createGatewayApp } from './app.ts'
import { createAuth } from './auth/auth.ts'
import { createLog } from './lib/log.ts'
import { createWrongKeys } from './lib/wrong-keys.ts'
import { listen } from './listen.ts'
import {
  documentPath,
  doorOperations,
  openApiDocument,
  operations,
  undescribed,
} from './openapi/openapi.ts'
import { servedRoutes } from './openapi/testing/served-routes.ts'

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

/** A gateway in front of nothing. */
const gateway = () =>
  createGatewayApp({
    ...{ log: createLog('silent'), names: [], doors: {}, hosted: {}, e2b: {} },
  } as unknown as Parameters<typeof createGatewayApp>[0])

const described = (list: typeof operations) => list.map(({ method, path }) => `${method} ${path}`)
const isE2b = (route: string) => route.includes(' /e2b/')

test('the document lists exactly the routes that the control plane serves', () => {
  const served = servedRoutes(app()).filter((route) => !isE2b(route))

  expect(served.length).toBeGreaterThan(15)
  expect(served.toSorted()).toEqual(
    described(operations)
      .map((route) => route.replace(' /', ' /v1/'))
      .toSorted(),
  )
})

test('the document lists exactly the routes that the gateway serves', () => {
  const served = servedRoutes(gateway())
    .filter((route) => route !== 'post /mcp' && !isE2b(route))
    .map((route) => route.replace('/:handle', '/:handover').replace('{/*path}', '/*path'))
    // What asks about a port and what is passed on to it are told apart by the slash at the end.
    .map((route) => route.replace(/^use (.+\/ports\/:port)$/, 'get $1'))

  expect(served.length).toBeGreaterThan(15)
  expect(served.toSorted()).toEqual(described(doorOperations).toSorted())
})

test('the document says what is served and not in it', () => {
  const { info } = openApiDocument('0.0.0')

  for (const { at, why } of undescribed) expect(info.description).toContain(`\`${at}\` ${why}`)
  expect([...servedRoutes(app()), ...servedRoutes(gateway())].some(isE2b)).toBe(true)
})

test('the document is valid OpenAPI 3.1, by a validator of others', async () => {
  const document = JSON.parse(JSON.stringify(openApiDocument('0.0.0')))
  const valid = await new Validator().validate(document)
  const invalid = await new Validator().validate({ ...document, paths: { '/x': { get: 1 } } })

  expect(valid).toEqual({ valid: true })
  expect(invalid.valid).toBe(false)
})

test('the document can be read without a key, and names every path', async () => {
  await using control = await listen(app(), { host: '127.0.0.1', port: 0, remembered: 0 })
  const response = await fetch(`${control.origin}/v1/openapi.json`)
  const document = (await response.json()) as { paths: object }

  expect(document).toMatchObject({ openapi: '3.1.0', security: [{ key: [] }] })
  expect(Object.keys(document.paths).toSorted()).toEqual(
    [
      ...new Set([...operations, ...doorOperations].map(({ path }) => documentPath(path))),
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

test('a request is known in its answer by the trace that it came with', async () => {
  await using control = await listen(app(), { host: '127.0.0.1', port: 0, remembered: 0 })
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const answered = async (given: string) =>
    (
      await fetch(`${control.origin}/v1/sandboxes`, { headers: { traceparent: given } })
    ).headers.get('traceparent')

  expect(await answered(traceparent)).toBe(traceparent)
  expect(await answered('<script>')).toBeNull()
})
