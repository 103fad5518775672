import { once } from 'node:events'
import { duplexPair } from 'node:stream'
import { text } from 'node:stream/consumers'
import { EgressConfig } from '@stuntdouble/sdk/wire'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { standingStill } from '../lib/testing/standing-still.ts'
import { createBudget } from './budget.ts'
import { createEgress } from './egress.ts'
import { noCredentials } from './testing/credentials.ts'
import { openEgress } from './testing/egress-under-test.ts'
import { openWeb } from './testing/web.ts'

const local = (port: number) => ({
  ...{ host: 'api.localhost', scheme: 'http' as const, ports: [port], private: true },
})
const get = (port: number, more = '') =>
  `GET http://api.localhost:${port}/ HTTP/1.1\r\nHost: api.localhost:${port}\r\n${more}Connection: close\r\n\r\n`
const kibibyte = 1024

describe('a sandbox', () => {
  test('sends no more in all than it may, over any number of requests', async () => {
    await using web = await openWeb()
    using egress = await openEgress({ allow: [local(web.port)], limits: { upload: '8k' } })
    const ask = () => egress.ask(get(web.port, `X-Secret: ${'s'.repeat(3000)}\r\n`))

    expect(await ask()).toContain('200 OK')
    expect(await ask()).toContain('200 OK')
    expect(await ask()).toContain('"reason":"bytes_spent"')
    expect(egress.last()).toMatchObject({ target: `api.localhost:${web.port}`, path: '/' })
    expect(web.heard).toHaveLength(2)
  })

  test('sends no more in one body than it may', async () => {
    let received = 0
    await using web = await openWeb((request) => {
      request.on('error', () => {})
      request.on('data', (chunk) => {
        received += chunk.length
      })
    })
    using egress = await openEgress({ allow: [local(web.port)], limits: { upload: '100k' } })
    const more = `Content-Length: ${1024 * kibibyte}\r\n`
    const answer = await egress.ask(
      get(web.port, more).replace('GET', 'POST') + 'x'.repeat(1024 * kibibyte),
    )

    expect(answer).toContain('"reason":"bytes_spent"')
    expect(received).toBeLessThanOrEqual(100 * kibibyte)
  })

  test('receives no more than it may: the answer is cut off, and the next one refused', async () => {
    await using web = await openWeb(
      (_request, response) => void response.end('x'.repeat(1024 * kibibyte)),
    )
    using egress = await openEgress({ allow: [local(web.port)], limits: { download: '100k' } })
    const answer = await egress.ask(get(web.port)).catch(() => '')

    expect(answer.length).toBeLessThanOrEqual(101 * kibibyte)
    expect(egress.last()).toMatchObject({ allowed: false, reason: 'bytes_spent' })
  })

  test('has so many connections at once, and is told so of one more', async () => {
    await using web = await openWeb(() => {})
    using egress = await openEgress({ allow: [local(web.port)], limits: { connections: 2 } })
    const held = [egress.ask(get(web.port)), egress.ask(get(web.port))]
    await expect.poll(() => egress.decisions.length).toBe(2)

    expect(await egress.ask(get(web.port))).toMatch(/^HTTP\/1\.1 429 Too many connections/)
    egress.close()
    await Promise.allSettled(held)
  })

  test('is slowed to its rate, on all connections together', () => {
    let now = 0
    const limits = { uploadBytes: 1e9, downloadBytes: 1e9, bytesPerSecond: 1000, connections: 1 }
    const { up, down } = createBudget(limits, () => now)

    expect(up.spend(1000)).toBe(0)
    expect(up.spend(500)).toBe(500)
    expect(down.spend(1000)).toBe(0)
    now = 500
    expect(up.spend(0)).toBe(0)
    now = 10_000
    expect(up.spend(1000)).toBe(0)
    expect(up.spend(1000)).toBe(1000)
  })

  test('waits for its bytes rather than losing them', async () => {
    await using web = await openWeb((_request, response) => void response.end('x'.repeat(150_000)))
    using egress = await openEgress({ allow: [local(web.port)], limits: { perSecond: '100k' } })
    const started = performance.now()
    const answer = await egress.ask(get(web.port))

    expect(answer.length).toBeGreaterThan(150_000)
    expect(performance.now() - started).toBeGreaterThan(300)
  })

  test('that does not read makes the server wait, and nothing is held for it', async () => {
    let written = 0
    await using web = await openWeb(async (_request, response) => {
      response.on('error', () => {}).setMaxListeners(0)
      while (!response.destroyed && written < 256 * 1024 * kibibyte) {
        written += 64 * kibibyte
        if (!response.write(Buffer.alloc(64 * kibibyte))) {
          await Promise.race([once(response, 'drain'), once(response, 'close')])
        }
      }
    })
    using egress = await openEgress({ allow: [local(web.port)] })
    const socket = await egress.connect()
    socket.write(get(web.port))

    expect(await standingStill(() => written)).toBeLessThan(32 * 1024 * kibibyte)
    socket.destroy()
  })

  test('that leaves takes its request along', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    await using web = await openWeb((request) => void request.once('close', resolve))
    using egress = await openEgress({ allow: [local(web.port)] })
    const socket = await egress.connect()
    socket.write(get(web.port))
    await expect.poll(() => egress.decisions.length).toBe(1)
    socket.destroy()

    await expect(closed).resolves.toBeUndefined()
  })
})

describe('who is slow', () => {
  const begun: readonly [what: string, bytes: readonly string[]][] = [
    ['says nothing', []],
    ['begins a request and never ends it', ['GET http://a', '.example/']],
    [
      'sends a header now and then',
      ['GET http://a/ HTTP/1.1\r\n', 'A: b\r\n', 'A: b\r\n', 'A: b\r\n'],
    ],
    ['is refused, and never closes', ['GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n']],
    [
      'is refused, and goes on sending',
      ['POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n', 'x', 'x'],
    ],
  ]

  test.each(begun)('and %s is not waited for', async (_what, pieces) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const egress = createEgress({
      config: EgressConfig.parse({}),
      onDecision: () => {},
      onTotal: () => {},
      onAlarm: () => {},
      broker: noCredentials,
    })
    const [near, far] = duplexPair()
    near.on('error', () => {}).resume()
    egress.open('sbaaaaaaaaaaaa', { egress: [], credentials: [] }).serve(far)
    for (const piece of pieces) {
      near.write(piece)
      await new Promise(setImmediate)
      vi.advanceTimersByTime(3000)
    }
    vi.advanceTimersByTime(10_000)

    expect(far.destroyed).toBe(true)
  })

  test('with a body is cut off when it stops, and the server is let go', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    await using web = await openWeb((request) => {
      request.on('error', () => {}).once('close', resolve)
      begin()
    })
    using egress = await openEgress({ allow: [local(web.port)] })
    const socket = await egress.connect()
    socket.write(get(web.port, 'Content-Length: 99\r\n').replace('GET', 'POST'))
    await begun
    vi.advanceTimersByTime(60_000)

    await closed
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 502 |^$/)
  })
})
