import { Sandbox } from '@stuntdouble/sdk'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../../packages/cli/src/drill/ask.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { upgradeStatus } from './doors.ts'
import { port, raw, serve } from './hostile-server.ts'
import { pythonSaid } from './scene.ts'
import { hidden, second } from './smuggled-requests.ts'

/** Two sandboxes of one installation: the attacker’s, and somebody else’s. */
interface Pair {
  readonly stuntdouble: Stuntdouble
  readonly box: Sandbox
  readonly other: Sandbox
}

let pair: Pair
const scene = () => pair

let gateway: string
let control: string

beforeAll(async () => {
  const stuntdouble = await Stuntdouble.open({ files: { 'sandbox.yaml': 'ttl: 20m\n' } })
  const up = async () =>
    await Sandbox.connect((await stuntdouble.json<{ url: string }>(['up'])).url)
  pair = { stuntdouble, box: await up(), other: await up() }
  const { url = '', gatewayUrl = '' } = (await stuntdouble.orchestrator()) ?? {}
  ;[control, gateway] = [url, gatewayUrl]
  for (const box of [scene().box, scene().other]) await serve(box)
})

afterAll(() => pair?.stuntdouble[Symbol.asyncDispose]())

const hostOf = (box: Sandbox, at: number = port) =>
  `${at}-${box.id}.localhost:${new URL(gateway).port}`
const inside = (box: Sandbox, path: string, headers: Record<string, string> = {}) =>
  ask(gateway, path, {
    headers: { host: hostOf(box), 'x-stuntdouble-token': box.token, ...headers },
  })

const letIn = (box: Sandbox) => `Host: ${hostOf(box)}\r\nX-Stuntdouble-Token: ${box.token}\r\n`

describe('a request that two readers read differently', () => {
  test.each(hidden)('by %s brings no second one inside', async (what, tail) => {
    const { box } = scene()
    const mark = what.replaceAll(/\W/g, '')
    await raw(gateway, `POST /first HTTP/1.1\r\n${letIn(box)}${tail(mark)}`)

    expect((await inside(box, '/log')).body).not.toContain(`smuggled-${mark}`)
  })

  test('is one to the same server, where its bytes are copied', async () => {
    const { box } = scene()
    const lengths = 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'
    const bytes = `POST /first HTTP/1.1\r\nHost: x\r\n${lengths}\r\n0\r\n\r\n${second('copied')}`
    const program = `import socket; way = socket.create_connection(('127.0.0.1', ${port})); way.sendall(bytes.fromhex('${Buffer.from(bytes).toString('hex')}')); way.recv(9999); way.settimeout(2); way.recv(9999)`
    await pythonSaid(box, program)

    expect((await inside(box, '/log')).body).toContain('smuggled-copied')
  })
})

describe('an answer from inside', () => {
  const answered = async (bytes: string) => {
    const { box } = scene()
    const path = `/raw?${Buffer.from(bytes, 'latin1').toString('hex')}`
    return await raw(gateway, `GET ${path} HTTP/1.1\r\n${letIn(box)}Connection: close\r\n\r\n`)
  }

  test('that holds a second one is not two', async () => {
    const both = await answered(
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nSet-Cookie: split=1\r\nContent-Length: 0\r\n\r\n',
    )

    expect(both.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(both).not.toContain('split=1')
  })

  test.each([
    [
      'a bare carriage return',
      'HTTP/1.1 200 OK\r\nX-A: b\rSet-Cookie: split=1\r\nContent-Length: 0\r\n\r\n',
    ],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ])('with %s is refused in our words', async (_what, bytes) => {
    const answer = await answered(bytes)

    expect(answer).toMatch(/^HTTP\/1\.1 502 /)
    expect(answer).not.toContain('split=1')
  })

  test('with a head without end is refused in our words', async () => {
    expect((await inside(scene().box, '/long')).status).toBe(502)
  })

  test('keeps its status line’s words to itself', async () => {
    const answer = await answered('HTTP/1.1 200 <script>\r\nContent-Length: 0\r\n\r\n')

    expect(answer.split('\r\n')[0]).toBe('HTTP/1.1 200 OK')
  })
})

describe('names', () => {
  test('of a preview lead to nothing of ours, on either port', async () => {
    const { box } = scene()
    const host = hostOf(box)
    for (const path of ['/v1/health', '/v1/sandboxes', '/', `/s/${box.token}`]) {
      const answer = await ask(control, path, { headers: { host } })
      expect(answer.status, path).toBe(403)
    }
    const asPreview = await ask(gateway, `/s/${box.token}`, { headers: { host } })
    expect(asPreview.status).toBe(401)
  })

  test.each([
    (id: string) => `3777-${id}.localhost.evil.example`,
    (id: string) => `3777-${id}.evil.example`,
    (id: string) => `3777-${id}.localhost@evil.example`,
    (id: string) => `x.3777-${id}.localhost.`,
    (id: string) => `03777-${id}.localhost`,
    (id: string) => `99999-${id}.localhost`,
  ])('that only look like one are refused: %s', async (name) => {
    const { box } = scene()
    const headers = { host: name(box.id), 'x-stuntdouble-token': box.token }

    expect([400, 401, 403, 404]).toContain((await ask(gateway, '/', { headers })).status)
    expect((await ask(gateway, '/', { headers })).body).not.toContain('hostile')
  })

  test('in an absolute address, or a second Host, do not change where a request goes', async () => {
    const { box, other } = scene()
    const absolute = await raw(
      gateway,
      `GET http://${hostOf(other)}/ HTTP/1.1\r\n${letIn(box)}Connection: close\r\n\r\n`,
    )
    expect(absolute).toMatch(/^HTTP\/1\.1 400/)
    const twice = await raw(
      gateway,
      `GET /twice HTTP/1.1\r\n${letIn(box)}Host: ${hostOf(other)}\r\nConnection: close\r\n\r\n`,
    )
    expect(twice).toMatch(/^HTTP\/1\.1 (?:200|400)/)
    expect((await inside(other, '/log')).body).not.toContain('/twice')
  })

  test('do not tell a sandbox that is there from one that is not', async () => {
    const { box, other } = scene()
    const strangers = [
      { host: hostOf(other), 'x-stuntdouble-token': box.token },
      { host: `${port}-sb000000000000.localhost`, 'x-stuntdouble-token': box.token },
      { host: hostOf(other, 4444) },
    ]
    const answers = await Promise.all(strangers.map((headers) => ask(gateway, '/', { headers })))

    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1)
  })
})

test('the way out is no preview, by name or by path', async () => {
  const { box } = scene()
  const headers = { host: hostOf(box, 3128), 'x-stuntdouble-token': box.token }
  expect((await ask(gateway, '/', { headers })).status).toBe(403)
  expect((await ask(gateway, `/s/${box.token}/ports/3128/`)).status).toBe(403)
  expect(await upgradeStatus(gateway, '/', headers)).toBe(403)
})

test('a WebSocket that another site’s page opens is refused, and a program’s is not', async () => {
  const { box } = scene()
  const link = new URL(await box.getUrl(port))
  const opened = await ask(gateway, `/${link.search}`, { headers: { host: link.host } })
  const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? ''
  for (const origin of [
    'https://evil.example',
    'null',
    gateway,
    `http://${hostOf(scene().other)}`,
  ]) {
    const headers = { host: hostOf(box), cookie, origin }
    expect(await upgradeStatus(gateway, '/', headers), origin).toBe(403)
  }
  // It gets as far as the server, which knows no WebSocket.
  const own = { host: hostOf(box), cookie, origin: `http://${hostOf(box)}` }
  expect(await upgradeStatus(gateway, '/', own)).toBe(200)
})

test('no token of ours is seen inside, and none in the orchestrator’s log', async () => {
  const { box, stuntdouble } = scene()
  const link = new URL(await box.getUrl(port))
  const narrowed = link.searchParams.get('token') ?? ''
  await inside(box, '/seen', { cookie: `stuntdouble_preview=${narrowed}; own=1` })
  await ask(gateway, '/seen', {
    headers: { host: hostOf(box), authorization: `Bearer ${box.token}` },
  })
  await ask(gateway, `/seen?token=${box.token}`, { headers: { host: hostOf(box) } })
  const log = (await inside(box, '/log')).body

  expect(log).toContain('own=1')
  for (const secret of [box.token, narrowed]) {
    expect(log).not.toContain(secret)
    expect(await stuntdouble.log(10_000)).not.toContain(secret)
  }
})

test('a link to a preview opens nothing else', async () => {
  const { box } = scene()
  const narrowed = new URL(await box.getUrl(port)).searchParams.get('token') ?? ''
  const command = { method: 'POST', body: '{"command":"id"}' }

  expect((await ask(gateway, `/s/${narrowed}/exec`, command)).status).toBe(401)
  expect(
    (await ask(gateway, `/s/${box.id}`, { headers: { authorization: `Bearer ${narrowed}` } }))
      .status,
  ).toBe(401)
  const elsewhere = { host: hostOf(box, 4444), 'x-stuntdouble-token': narrowed }
  expect((await ask(gateway, '/', { headers: elsewhere })).status).toBe(401)
})

describe('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
  })
  afterAll(() => browser?.close())

  test('a preview that is opened gives its token to nobody: not by referrer, not by history', async () => {
    const { box } = scene()
    await using context = await browser.newContext()
    const page = await context.newPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(`${request.headers().referer ?? ''}`))
    await page.goto(await box.getUrl(port))
    await page.evaluate('fetch("/log")')
    await page.goto(`http://${hostOf(box)}/next`)
    await page.goBack()

    expect(page.url()).toBe(`http://${hostOf(box)}/`)
    expect(asked.join(' ')).not.toMatch(/sp_|sd_/)
    expect(await page.evaluate('document.cookie')).not.toContain('stuntdouble')
  })

  test('a preview sets no cookie for a sibling or for us, by header or by script', async () => {
    const { box, other } = scene()
    await using context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(await box.getUrl(port))
    await page.evaluate('document.cookie = "stuntdouble_preview=fixed; domain=localhost; path=/"')
    const victim = await context.newPage()
    await victim.goto(await other.getUrl(port))
    await victim.reload()
    const cookies = await context.cookies()

    expect(await victim.title()).toBe('hostile')
    expect(
      cookies.filter(({ domain }) => domain.startsWith('.') || domain === 'localhost'),
    ).toEqual([])
  })

  test('a service worker is one of its own preview alone, and has none at the gateway', async () => {
    const { box } = scene()
    await using context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(await box.getUrl(port))
    const register = (script: string, scope: string) =>
      page.evaluate(
        `navigator.serviceWorker.register(${JSON.stringify(script)}, { scope: ${JSON.stringify(scope)} })
          .then((registered) => registered.scope, (cause) => cause.name)`,
      )

    expect(await register('/worker.js', '/')).toBe(`http://${hostOf(box)}/`)
    expect(await register(`${box.url}/ports/${port}/worker.js`, '/')).toBe('SecurityError')
    const headers = { 'service-worker': 'script' }
    const path = `/s/${box.token}/ports/${port}/worker.js`
    expect((await ask(gateway, path, { headers })).status).toBe(403)
  })

  test('a preview shows no other in a frame, and reads none', async () => {
    const { box, other } = scene()
    await using context = await browser.newContext()
    const page = await context.newPage()
    const victim = await context.newPage()
    await victim.goto(await other.getUrl(port))
    await page.goto(await box.getUrl(port))
    await page.evaluate(`{
      const frame = document.createElement('iframe')
      frame.src = ${JSON.stringify(victim.url())}
      document.body.append(frame)
    }`)
    await page.waitForTimeout(500)
    const [, frame] = page.frames()

    expect(await frame?.evaluate('document.title').catch(() => '')).not.toBe('hostile')
  })
})
