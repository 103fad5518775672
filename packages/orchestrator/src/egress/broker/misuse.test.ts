import { describe, expect, test } from 'vitest'
import { type Ask, openBrokered } from '../testing/brokered.ts'
import { openEgress } from '../testing/egress-under-test.ts'

const bearer = (text: string) => `Authorization: Bearer ${text}`

const elsewhere: readonly [what: string, of: (placeholder: string) => Ask, where: string][] = [
  ['the query', (p) => ({ path: `/v1/x?token=${p}` }), 'in the address'],
  ['the path', (p) => ({ path: `/v1/${p}` }), 'in the address'],
  ['another header', (p) => ({ headers: [`X-Note: ${p}`] }), 'in x-note'],
  ['a header’s name', (p) => ({ headers: [`${p}: x`] }), 'in a header’s name'],
  [
    'a header for the proxy',
    (p) => ({ headers: [`Proxy-${bearer(p)}`] }),
    'in proxy-authorization',
  ],
  ['a cookie', (p) => ({ headers: [`Cookie: a=${p}`] }), 'in cookie'],
  [
    'another form of its header',
    (p) => ({ headers: [`Authorization: token ${p}`] }),
    'in authorization',
  ],
  ['its header, twice over', (p) => ({ headers: [bearer(`${p}, ${p}`)] }), 'in authorization'],
  ['base64', (p) => ({ headers: [`X: ${Buffer.from(`ab${p}`).toString('base64')}`] }), 'in x'],
  ['another method', (p) => ({ method: 'DELETE', headers: [bearer(p)] }), 'for another method'],
  ['another path', (p) => ({ path: '/v2/x', headers: [bearer(p)] }), 'for another path'],
  [
    'a path that leads elsewhere',
    (p) => ({ path: '/v1/../v2', headers: [bearer(p)] }),
    'for another path',
  ],
  [
    'another host that is brokered',
    (p) => ({ host: 'other.localhost', headers: [bearer(p)] }),
    'for another host',
  ],
]

const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`
const length = (text: string) => [`Content-Length: ${text.length}`]
const base64 = (text: string) => Buffer.from(`{"a":"${text}"}`).toString('base64')

const inBodies: readonly [what: string, of: (placeholder: string) => Ask][] = [
  ['with a length', (p) => ({ headers: length(p), body: p })],
  ['in chunks', (p) => ({ headers: ['Transfer-Encoding: chunked'], body: chunked(p) })],
  ['split', (p) => ({ headers: length(p), body: [...p] })],
  ['in base64', (p) => ({ headers: length(base64(p)), body: base64(p) })],
]

describe('a placeholder elsewhere is refused, and an alarm:', () => {
  test.each(elsewhere)('in %s', async (_what, of, where) => {
    await using scene = await openBrokered()
    const answer = await scene.ask(of(scene.placeholder))

    expect(answer).toMatch(/^HTTP\/1\.1 403 Blocked by policy; do not retry/)
    expect(answer).toContain('"reason":"placeholder_misplaced"')
    expect(scene.egress.alarms).toMatchObject([{ alarm: 'placeholder', where }])
    expect(scene.web.heard).toEqual([])
  })

  test.each(inBodies)('in a body, %s, which never ends', async (_what, of) => {
    await using scene = await openBrokered()
    const answer = await scene.ask({ method: 'POST', ...of(scene.placeholder) })

    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(scene.egress.alarms).toMatchObject([{ where: 'in a body', method: 'POST' }])
    expect(scene.web.heard).toEqual([])
  })

  test('another sandbox’s, and one that was changed', async () => {
    await using scene = await openBrokered()
    const { egress } = scene
    for (const foreign of [
      egress.placeholder('api', 'sbbbbbbbbbbbbb'),
      scene.placeholder.slice(0, -3),
    ]) {
      expect(await scene.ask({ headers: [bearer(foreign)] })).toMatch(/^HTTP\/1\.1 403 /)
      expect(egress.alarms.at(-1)).toMatchObject({ alarm: 'placeholder', credential: null })
    }
    expect(egress.alarms).toHaveLength(2)
  })

  test.each([
    ['to the host itself', 'api.localhost'],
    ['to another', 'elsewhere.localhost'],
    ['to one that is not allowed', 'evil.example'],
  ])('by plain HTTP, %s', async (_what, name) => {
    await using scene = await openBrokered()
    const host = `${name}:${scene.plain.port}`
    const answer = await scene.egress.ask(
      `GET http://${host}/v1/x HTTP/1.1\r\nHost: ${host}\r\n${scene.bearer}\r\nConnection: close\r\n\r\n`,
    )

    expect(answer).toContain('"reason":"placeholder_misplaced"')
    expect(scene.egress.alarms).toMatchObject([{ target: host, path: '/v1/x' }])
    expect(scene.plain.heard).toEqual([])
  })

  test('in what opens a tunnel', async () => {
    await using scene = await openBrokered()
    const target = 'evil.example:443'
    const answer = await scene.egress.ask(
      `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${scene.bearer}\r\n\r\n`,
    )

    expect(answer).toContain('"reason":"placeholder_misplaced"')
    expect(scene.egress.alarms).toMatchObject([{ target, where: 'for another host' }])
  })

  test('in a sandbox that has no credential', async () => {
    await using owner = await openBrokered()
    const { port } = owner.plain
    using egress = await openEgress({
      allow: [{ host: '*.localhost', scheme: 'http', ports: [port], private: true }],
    })
    const host = `api.localhost:${port}`
    await egress.ask(
      `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n${owner.bearer}\r\nConnection: close\r\n\r\n`,
    )

    expect(egress.alarms).toMatchObject([{ alarm: 'placeholder', credential: null }])
    expect(owner.plain.heard).toEqual([])
  })

  test('a hundred times, and no more are told', async () => {
    await using scene = await openBrokered()
    const host = `api.localhost:${scene.plain.port}`
    const request = `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n${scene.bearer}\r\nConnection: close\r\n\r\n`
    for (let sent = 0; sent < 105; sent++) await scene.egress.ask(request)

    expect(scene.egress.alarms).toHaveLength(100)
    expect(scene.egress.decisions).toHaveLength(105)
  })
})
