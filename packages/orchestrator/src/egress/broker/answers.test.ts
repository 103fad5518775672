import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openBrokered, realValue } from '../testing/brokered.ts'
import { enter } from '../testing/inside.ts'

/** A server that gives away what it was given. */
const echo =
  (answer: (sent: string, response: ServerResponse) => void | Promise<void>) =>
  (request: IncomingMessage, response: ServerResponse) =>
    void answer(String(request.headers.authorization), response)

const withoutScheme = (sent: string) => sent.replace(/^\S+ /, '')
const base64 = (text: string) => Buffer.from(text).toString('base64')
const each = (text: string, form: (code: number) => string) =>
  [...text].map((character) => form(character.charCodeAt(0))).join('')

const encodings: readonly [what: string, of: (sent: string) => string | Buffer][] = [
  ['as it was sent', (sent) => sent],
  ['in JSON', (sent) => JSON.stringify({ headers: { authorization: sent } })],
  ['in JSON within JSON', (sent) => JSON.stringify(JSON.stringify({ sent: `"${sent}"` }))],
  ['in capitals', (sent) => sent.toUpperCase()],
  ['in base64', (sent) => base64(withoutScheme(sent))],
  ['in base64, one byte on', (sent) => base64(`x${withoutScheme(sent)}`)],
  ['in base64, two bytes on, with more behind', (sent) => base64(`xy${withoutScheme(sent)}z`)],
  ['in base64url', (sent) => Buffer.from(sent).toString('base64url')],
  ['in base64 with lines', (sent) => base64(withoutScheme(sent)).replace(/.{10}/g, '$&\r\n')],
  ['in hexadecimal', (sent) => Buffer.from(sent).toString('hex')],
  ['in HEXADECIMAL', (sent) => Buffer.from(sent).toString('hex').toUpperCase()],
  ['in a URL', (sent) => `?x=${encodeURIComponent(sent)}`],
  ['in a URL, all of it', (sent) => each(sent, (code) => `%${code.toString(16)}`)],
  ['in HTML', (sent) => each(sent, (code) => `&#${code};`)],
  ['in escapes', (sent) => each(sent, (code) => `\\u00${code.toString(16)}`)],
  ['in UTF-16', (sent) => Buffer.from(sent, 'utf16le')],
]

/** How many bytes are stars now. */
const changed = (before: Buffer, after: Buffer) =>
  before.filter((byte, at) => byte !== after[at] && after[at] === 0x2a).length

describe('an answer with the value in it', () => {
  test.each(encodings)('is passed on without it: %s', async (_what, of) => {
    let expected = Buffer.alloc(0)
    await using scene = await openBrokered({
      listener: echo((sent, response) => {
        expected = Buffer.concat([
          Buffer.from('before '),
          Buffer.from(of(sent)),
          Buffer.from(' after'),
        ])
        response.end(expected)
      }),
    })
    const answer = Buffer.from(await scene.ask({ headers: [scene.bearer] }), 'utf8')
    const body = answer.subarray(answer.indexOf('\r\n\r\n') + 4)

    expect(body.toString()).toMatch(/^before .* after$/s)
    expect(body).toHaveLength(expected.length)
    expect(changed(expected, body)).toBeGreaterThanOrEqual(realValue.length)
    expect(scene.egress.alarms).toMatchObject([
      { alarm: 'echo', credential: 'api', where: 'in an answer’s body', path: '/v1/x' },
    ])
  })

  test('is passed on without it when it comes byte by byte', async () => {
    await using scene = await openBrokered({
      listener: echo(async (sent, response) => {
        for (const byte of Buffer.from(`<${sent}>`)) {
          response.write(Buffer.of(byte))
          await sleep(1)
        }
        response.end()
      }),
    })
    const answer = await scene.ask({ headers: [scene.bearer] })

    expect(answer).toContain(`${'*'.repeat(realValue.length)}>`)
    expect(scene.egress.alarms).toHaveLength(1)
  })

  test.each([
    ['a header', (sent: string, response: ServerResponse) => void response.setHeader('x', sent)],
    [
      'where it redirects to',
      (sent: string, response: ServerResponse) =>
        void response.writeHead(302, {
          location: `https://evil.example/?${encodeURIComponent(sent)}`,
        }),
    ],
    [
      'a cookie, in base64',
      (sent: string, response: ServerResponse) =>
        void response.setHeader('set-cookie', `a=${base64(`a:${withoutScheme(sent)}:b`)}`),
    ],
    [
      'its first line',
      (sent: string, response: ServerResponse) => void response.writeHead(200, withoutScheme(sent)),
    ],
  ])('is held back when it is in %s', async (_what, put) => {
    await using scene = await openBrokered({
      listener: echo((sent, response) => {
        put(sent, response)
        response.end('body')
      }),
    })
    const answer = await scene.ask({ headers: [scene.bearer] })

    expect(answer).toMatch(/^HTTP\/1\.1 502 /)
    expect(answer).toContain('"reason":"credential_echoed"')
    expect(answer).not.toContain('real-V4')
    expect(scene.egress.alarms).toMatchObject([{ alarm: 'echo', where: 'in an answer’s head' }])
  })

  test.each([
    ['compressed', 200, { 'content-encoding': 'gzip' }],
    ['compressed underneath', 200, { 'transfer-encoding': 'gzip, chunked' }],
    ['a part', 206, { 'content-range': 'bytes 0-3/20' }],
  ])('is held back when it is %s though nobody asked', async (_what, status, headers) => {
    await using scene = await openBrokered({
      listener: echo((sent, response) => {
        response.writeHead(status, headers).end(gzipSync(sent))
      }),
    })
    const answer = await scene.ask({ headers: [scene.bearer] })

    expect(answer).toContain('"reason":"answer_unreadable"')
    expect(answer.length).toBeLessThan(1500)
  })

  test('is passed on without it though nobody sent it, as after a restart', async () => {
    await using scene = await openBrokered({
      listener: (_request, response) => void response.end(`your key is ${realValue}`),
    })

    expect(await scene.ask()).toContain(`your key is ${'*'.repeat(realValue.length)}`)
  })

  test('later, to a request that has no placeholder, is passed on without it', async () => {
    let kept = ''
    await using scene = await openBrokered({
      listener: echo((sent, response) => {
        response.end(`kept ${kept}`)
        kept ||= sent
      }),
    })
    await scene.ask({ headers: [scene.bearer] })

    expect(await scene.ask()).toContain(`kept Bearer ${'*'.repeat(realValue.length)}`)
  })
})

describe('an answer that streams', () => {
  test('flows event by event', async () => {
    const { promise: next, resolve } = Promise.withResolvers<void>()
    await using scene = await openBrokered({
      listener: echo(async (sent, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write('data: one\n\n')
        await next
        response.end(`data: ${sent}\n\n`)
      }),
    })
    const target = `api.localhost:${scene.web.port}`
    const client = await enter(scene.egress, { target, ca: await scene.egress.trust() })
    client.write(
      `GET /v1/x HTTP/1.1\r\nHost: ${target}\r\n${scene.bearer}\r\nConnection: close\r\n\r\n`,
    )
    let read = ''
    for await (const chunk of client) {
      read += chunk
      if (read.includes('data: one\n\n')) resolve()
    }

    expect(read).toContain('*'.repeat(realValue.length))
  })
})
