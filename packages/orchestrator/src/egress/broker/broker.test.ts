import type { RequestListener } from 'node:http'
import { describe, expect, test } from 'vitest'
import { openBrokered, realValue } from '../testing/brokered.ts'
import { certificateFor } from '../testing/certificate.ts'
import { credential } from '../testing/credentials.ts'
import { openEgress } from '../testing/egress-under-test.ts'
import { askInside } from '../testing/inside.ts'
import { openWeb } from '../testing/web.ts'

describe('a placeholder in its place', () => {
  test('becomes the value on the way, and the decision says whose', async () => {
    await using scene = await openBrokered()
    const answer = await scene.ask({ headers: [scene.bearer] })

    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(scene.heardLast().authorization).toBe(`Bearer ${realValue}`)
    expect(scene.egress.decisions).toEqual([
      {
        ...{ allowed: true, method: 'GET', target: `api.localhost:${scene.web.port}` },
        ...{ path: '/v1/x', rule: 'credential api', reason: null, credentials: ['api'] },
      },
    ])
    expect(scene.egress.alarms).toEqual([])
  })

  test('is Basic with the operator’s user, whatever user was sent', async () => {
    await using scene = await openBrokered({ inject: { basic: 'robot' } })
    const sent = Buffer.from(`x:${scene.placeholder}`).toString('base64')
    await scene.ask({ headers: [`Authorization: basic ${sent}`] })
    const arrived = Buffer.from(`robot:${realValue}`).toString('base64')

    expect(scene.heardLast().authorization).toBe(`Basic ${arrived}`)
  })

  test('is a header of its own where the operator says so', async () => {
    await using scene = await openBrokered({ inject: { header: 'x-api-key' } })
    await scene.ask({ headers: [`X-Api-Key: ${scene.placeholder}`] })

    expect(scene.heardLast()['x-api-key']).toBe(realValue)
    expect(scene.egress.decisions).toMatchObject([{ credentials: ['api'] }])
  })

  test('may be left out: then the request is as it was', async () => {
    await using scene = await openBrokered()
    await scene.ask({ headers: ['X-Kept: 1', 'Authorization: Bearer own'] })

    expect(scene.heardLast()).toMatchObject({ 'x-kept': '1', authorization: 'Bearer own' })
    expect(scene.egress.decisions).not.toHaveProperty('0.credentials')
  })

  test('asks for what was judged, and for an answer that can be read', async () => {
    await using scene = await openBrokered()
    const hiding = ['Accept-Encoding: gzip, br', 'Range: bytes=0-3', 'If-Range: x', 'TE: gzip']
    const other = ['X-HTTP-Method-Override: DELETE', 'X-Original-URL: /v2']
    await scene.ask({ headers: [scene.bearer, ...hiding, ...other] })

    expect(scene.heardLast()).toMatchObject({ 'accept-encoding': 'identity' })
    for (const name of ['range', 'if-range', 'te', 'x-http-method-override', 'x-original-url']) {
      expect(scene.heardLast()).not.toHaveProperty(name)
    }
  })

  test('lets nothing else of its host through', async () => {
    await using scene = await openBrokered()

    expect(await scene.ask({ path: '/v2' })).toContain('"reason":"path_not_allowed"')
    expect(await scene.ask({ method: 'DELETE' })).toContain('"reason":"method_not_allowed"')
    expect(scene.web.heard).toEqual([])
  })
})

describe('no value', () => {
  test('is sent when there is none to be had, and the operator is told', async () => {
    await using scene = await openBrokered({ values: { api: 'short' } })
    const answer = await scene.ask({ headers: [scene.bearer] })

    expect(answer).toMatch(/^HTTP\/1\.1 502 The credential cannot be read now/)
    expect(scene.egress.alarms).toMatchObject([{ alarm: 'unavailable', credential: 'api' }])
    expect(JSON.stringify([answer, scene.egress.alarms])).not.toContain('short')
    expect(scene.web.heard).toEqual([])
  })

  test('leaves after the lease', async () => {
    let now = Date.now()
    await using scene = await openBrokered({ clock: () => now })
    expect(await scene.ask({ headers: [scene.bearer] })).toContain('200 OK')
    now += 61_000

    await expect(scene.ask({ headers: [scene.bearer] })).rejects.toThrow('lease_over')
    expect(scene.web.heard).toHaveLength(1)
  })

  test.each([
    ['nobody trusts', 'DNS:api.localhost'],
    ['is another’s', 'DNS:else.localhost'],
  ])('leaves to a server whose certificate %s', async (_what, name) => {
    let reached = 0
    const listener: RequestListener = (_request, response) => {
      reached += 1
      response.end()
    }
    const own = await certificateFor(name)
    const trusted = name === 'DNS:else.localhost' ? own : await certificateFor('DNS:api.localhost')
    await using impostor = await openWeb(listener, own)

    expect(await askAt(impostor.port, trusted.cert)).toContain('"reason":"not_trusted"')
    expect(reached).toBe(0)
  })

  test('leaves to a server that speaks no TLS', async () => {
    await using server = await openWeb()

    expect(await askAt(server.port)).toContain('"reason":"unreachable"')
    expect(server.heard).toEqual([])
  })
})

/** With the placeholder, of a server that is said to be the credential’s. */
async function askAt(port: number, authorities?: string): Promise<string> {
  const ca = authorities === undefined ? {} : { ca: authorities }
  using egress = await openEgress({
    credentials: [credential('api', { host: 'api.localhost', port, ...ca })],
    values: { api: realValue },
  })
  const target = `api.localhost:${port}`
  const bearer = `Authorization: Bearer ${egress.placeholder('api')}`
  const request = `GET /v1/x HTTP/1.1\r\nHost: ${target}\r\n${bearer}\r\nConnection: close\r\n\r\n`
  return await askInside(egress, { target, ca: await egress.trust() }, request)
}
