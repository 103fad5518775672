import { once } from 'node:events'
import { Sandbox } from '@stuntdouble/sdk'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ask } from '../packages/cli/src/drill/ask.ts'
import { runCommand } from './lib/command-result.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

/** A server as an agent writes one: it counts visits, tells events, and echoes over a WebSocket. */
const server = `
const { createServer } = require('node:http')
const { createHash } = require('node:crypto')
const answer = (request, response) => {
  if (request.url === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let count = 0
    const timer = setInterval(() => response.write('data: ' + ++count + '\\n\\n'), 50)
    return void response.once('close', () => clearInterval(timer))
  }
  if (request.url === '/headers') return void response.end(JSON.stringify(request.headers))
  if (request.url === '/upload') return void request.pipe(response)
  response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'visited=yes; Domain=localhost' })
  response.end('<title>inside</title><h1>' + process.argv[1] + '</h1>')
}
createServer(answer).on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
  const accept = createHash('sha1').update(key).digest('base64')
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\nconnection: upgrade\\r\\n'
    + 'sec-websocket-accept: ' + accept + '\\r\\n\\r\\n')
  socket.write(Buffer.from([0x81, 5, ...Buffer.from('hello')]))
}).listen(Number(process.argv[2]), '127.0.0.1')`

let stuntdouble: Stuntdouble
let browser: Browser
let boxes: readonly Sandbox[]
let gateway: string

beforeAll(async () => {
  stuntdouble = await Stuntdouble.open({ files: { 'sandbox.yaml': 'ttl: 20m\n' } })
  const urls = [await up(), await up()]
  boxes = await Promise.all(urls.map((url) => Sandbox.connect(url)))
  gateway = (await stuntdouble.orchestrator())?.gatewayUrl ?? ''
  for (const [index, box] of boxes.entries()) {
    await box.files.write('server.js', server)
    await box.commands.run(
      `setsid -f node -e "$(cat server.js)" box-${index} 3000 >server.log 2>&1 </dev/null; for i in $(seq 100); do curl -s localhost:3000/ && break; sleep 0.05; done`,
    )
  }
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
})
afterAll(async () => {
  await browser?.close()
  await stuntdouble?.[Symbol.asyncDispose]()
})

const up = async () => (await stuntdouble.json<{ url: string }>(['up'])).url
const box = (index = 0) => {
  const found = boxes[index]
  if (!found) throw new Error('no sandbox')
  return found
}
const originOf = async (index = 0, port = 3000) => new URL(await box(index).getUrl(port)).origin
const curl = async (...args: readonly string[]) =>
  (
    await runCommand({
      ...{ file: 'curl', args: ['-sS', '--max-time', '20', ...args], cwd: '/', timeoutMs: 30_000 },
      env: { PATH: '/usr/bin:/bin' },
    })
  ).stdout
const header = () => `X-Stuntdouble-Token: ${box().token}`

test('a server inside is listed, and curl opens it by its name', async () => {
  const { ports } = await stuntdouble.json<{ ports: { port: number }[] }>(['ports', box().id])
  const { link } = await stuntdouble.json<{ link: string }>(['url', box().id, '--port', '3000'])

  expect(ports.map(({ port }) => port)).toEqual([3000])
  expect(await curl('-H', header(), `${await originOf()}/`)).toContain('box-0')
  expect(await curl('--location', '--cookie', '', link)).toContain('box-0')
})

test('nothing of it is seen without the token', async () => {
  expect(await curl(`${await originOf()}/`)).toContain('"unauthorized"')
})

test('a program that resolves no such names asks by a path, or names the host itself', async () => {
  const byPath = await fetch(`${box().url}/ports/3000/headers`)
  const headers = { host: new URL(await originOf()).host, 'x-stuntdouble-token': box().token }
  const byHost = await ask(gateway, '/headers', { headers })

  expect(byPath.status).toBe(200)
  expect(byPath.headers.get('content-disposition')).toBe('attachment')
  expect((await byPath.text()) + byHost.body).not.toContain(box().token)
})

test('bodies stream both ways', async () => {
  const body = Buffer.alloc(20 * 1024 ** 2, 'x')
  const answer = await fetch(`${box().url}/ports/3000/upload`, { method: 'POST', body })

  expect((await answer.arrayBuffer()).byteLength).toBe(body.length)
})

test('events come while they happen', async () => {
  const answer = await fetch(`${box().url}/ports/3000/events`)
  const reader = answer.body?.getReader()
  let text = ''
  while (!text.includes('data: 3'))
    text += Buffer.from((await reader?.read())?.value ?? []).toString()
  await reader?.cancel()

  expect(text).toContain('data: 1\n\ndata: 2')
})

test('a WebSocket is joined to the one inside', async () => {
  const host = new URL(await originOf()).host
  const socket = new WebSocket(gateway.replace('http', 'ws'), {
    headers: { host, 'x-stuntdouble-token': box().token },
  })
  const [message] = await once(socket, 'message')
  socket.terminate()

  expect(String(message)).toBe('hello')
})

test('a port on which nothing listens says so', async () => {
  const answer = await fetch(`${box().url}/ports/4321/`)

  expect(answer.status).toBe(502)
  expect(await answer.json()).toMatchObject({ code: 'port_closed' })
})

test('a person opens the link, and lands on an address without the token', async () => {
  await using context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(await box().getUrl(3000))

  expect(page.url()).toBe(`${await originOf()}/`)
  expect(await page.title()).toBe('inside')
  expect(await page.evaluate('document.cookie')).toBe('visited=yes')
  expect(await page.evaluate('performance.getEntriesByType("navigation")[0].name')).not.toMatch(
    /sp_|sd_/,
  )
})

test('two sandboxes’ previews, and the gateway’s own pages, share nothing in a browser', async () => {
  await using context = await browser.newContext()
  const [one, other] = [await context.newPage(), await context.newPage()]
  await one.goto(await box(0).getUrl(3000))
  await other.goto(await box(1).getUrl(3000))
  await one.evaluate(
    'localStorage.setItem("mine", "1"); document.cookie = "tossed=1; domain=localhost"',
  )
  const before = await other.evaluate('localStorage.getItem("mine")')
  const cookies = await other.evaluate('document.cookie')
  const read = await one.evaluate(
    async ([to = '', gatewayUrl = '']) => {
      const attempt = async (url: string) => {
        try {
          return await (await fetch(url, { credentials: 'include' })).text()
        } catch {
          return 'refused'
        }
      }
      return [await attempt(to), await attempt(gatewayUrl)]
    },
    [other.url(), box(1).url],
  )

  expect([before, cookies]).toEqual([null, 'visited=yes'])
  expect(read).toEqual(['refused', 'refused'])
})

test('what is open is cut when the sandbox ends, and the preview says that it is gone', async () => {
  const spare = await Sandbox.connect(await up())
  const origin = new URL(await spare.getUrl(3000))
  const held = spare.commands.run('timeout 60 python3 -m http.server 3000 --bind 127.0.0.1')
  held.catch(() => {})
  const headers = { host: origin.host, 'x-stuntdouble-token': spare.token }
  const status = async () => (await ask(gateway, '/', { headers })).status
  await expect.poll(status, { timeout: 10_000 }).toBe(200)
  await stuntdouble.json(['down', spare.id])

  expect(await status()).toBe(410)
})
