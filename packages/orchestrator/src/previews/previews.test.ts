import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { canary, sandbox } from '../gateway/testing/gateway-under-test.ts'
import { openPreview, port } from './testing/inside.ts'

const echo = (request: IncomingMessage, response: ServerResponse) => {
  void text(request).then((body) => {
    response.setHeader('content-type', 'application/json')
    const { method, url, rawHeaders } = request
    response.end(JSON.stringify({ method, url, rawHeaders, body }))
  })
}
const code = ({ body }: { body: string }) => JSON.parse(body).code as string

test('a request goes inside and its answer comes back', async () => {
  await using preview = await openPreview(echo)
  const asked = { method: 'POST', path: '/a?b=%20c', body: 'hello', headers: { 'x-own': '1' } }
  const { status, body } = await preview.enter(asked)

  expect(status).toBe(200)
  expect(JSON.parse(body)).toMatchObject({ method: 'POST', url: '/a?b=%20c', body: 'hello' })
  expect(JSON.parse(body).rawHeaders).toEqual(
    expect.arrayContaining(['x-own', '1', 'host', preview.host]),
  )
})

test('connections to the pod are used again', async () => {
  await using preview = await openPreview(echo)
  for (let asked = 0; asked < 5; asked += 1) expect((await preview.enter()).status).toBe(200)

  expect(preview.connections).toHaveLength(1)
})

test('nothing of ours goes inside, and what is the application’s own does', async () => {
  await using preview = await openPreview(echo)
  const { token } = preview
  const own = { authorization: 'Bearer app-token', cookie: 'theirs=1; stuntdouble_preview=x; b=2' }
  const first = await preview.enter({ headers: own })
  const second = await preview.ask({ headers: { authorization: `Bearer ${token}` } })

  expect(first.body).toContain('Bearer app-token')
  expect(first.body).toContain('"theirs=1; b=2"')
  expect(first.body + second.body).not.toContain(token)
  expect(first.body.toLowerCase()).not.toContain('stuntdouble')
  expect(JSON.parse(second.body).rawHeaders).not.toContain('authorization')
})

test('who asks is told by us alone', async () => {
  await using preview = await openPreview(echo)
  const lies = {
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-host': 'evil.example',
    x_forwarded_proto: 'gopher',
    forwarded: 'for=6.6.6.6',
    'x-real-ip': '6.6.6.6',
  }
  const { body } = await preview.enter({ headers: lies })

  expect(body).not.toMatch(/6\.6\.6\.6|evil|gopher/)
  expect(JSON.parse(body).rawHeaders).toEqual(
    expect.arrayContaining(['X-Forwarded-For', '127.0.0.1', 'X-Forwarded-Host', preview.host]),
  )
})

test('what the operator’s proxy says of its callers is believed on the preview domain', async () => {
  await using preview = await openPreview(echo)
  const host = `${port}-${sandbox}.preview.example.com`
  const { body } = await preview.enter({ host, headers: { 'x-forwarded-for': '203.0.113.7' } })

  expect(JSON.parse(body).rawHeaders).toEqual(
    expect.arrayContaining(['X-Forwarded-For', '203.0.113.7', 'X-Forwarded-Proto', 'https']),
  )
})

test('hop-by-hop headers stay on their connection', async () => {
  await using preview = await openPreview(echo)
  const headers = { connection: 'x-secret', 'x-secret': '1', te: 'trailers', 'keep-alive': '9' }
  const { body } = await preview.enter({ headers })

  expect(body.toLowerCase()).not.toMatch(/x-secret|trailers|"9"/)
})

test('a link is exchanged once for a cookie of that preview, and the address is clean', async () => {
  await using preview = await openPreview(echo)
  const { link } = preview.gateway.previews.view(sandbox, port, preview.token)
  const opened = await preview.ask({ path: `/deep?x=1&${new URL(link).search.slice(1)}` })
  const [cookie = ''] = opened.headers['set-cookie'] ?? []

  expect(opened.status).toBe(303)
  expect(opened.headers.location).toBe(`http://${preview.host}/deep?x=1`)
  expect(opened.headers['referrer-policy']).toBe('no-referrer')
  expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/)
  expect(cookie).not.toContain('Domain')
  expect(link + cookie).not.toContain(preview.token)
  const headers = { cookie: cookie.split(';')[0] ?? '' }
  expect((await preview.ask({ headers })).status).toBe(200)
  const elsewhere = `3001-${sandbox}.localhost`
  expect(code(await preview.ask({ headers, host: elsewhere }))).toBe('unauthorized')
})

test('a link leads nowhere but to the preview', async () => {
  await using preview = await openPreview(echo)
  for (const path of ['//evil.example/', '/\\evil.example/']) {
    const { headers } = await preview.ask({ path: `${path}?token=${preview.token}` })
    expect(headers.location?.startsWith(`http://${preview.host}/`)).toBe(true)
  }
})

test('a parameter that is the application’s goes on to it', async () => {
  await using preview = await openPreview(echo)
  const { body } = await preview.enter({ path: '/reset?token=abc' })

  expect(JSON.parse(body).url).toBe('/reset?token=abc')
})

test('with TLS in front the cookie is one that siblings cannot set', async () => {
  await using preview = await openPreview(echo)
  const host = `${port}-${sandbox}.preview.example.com`
  const { headers } = await preview.ask({ host, path: `/?token=${preview.token}` })

  expect(headers['set-cookie']?.[0]).toMatch(/^__Host-stuntdouble_preview=.*; Secure$/)
  expect(headers.location).toBe(`https://${host}/`)
})

test('unknown sandboxes, foreign tokens and closed previews are answered alike', async () => {
  await using preview = await openPreview(echo)
  const others = [
    { host: '3000-sb999999999999.localhost', headers: { 'x-stuntdouble-token': preview.token } },
    { host: '3000-sb999999999999.localhost' },
    { headers: { 'x-stuntdouble-token': `sd_${sandbox}_${'x'.repeat(43)}` } },
    { headers: { cookie: `stuntdouble_preview=sp_0123456789abcdef_${'0'.repeat(64)}` } },
    { path: `/?token=sp_0123456789abcdef_${'0'.repeat(64)}` },
    {},
  ]
  const answers = await Promise.all(others.map((asked) => preview.ask(asked)))

  for (const { headers } of answers) headers.date = ''
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(answers[0]?.status).toBe(401)
})

test('a sandbox that has ended is told to who held its token', async () => {
  await using preview = await openPreview(echo)
  const { link } = preview.gateway.previews.view(sandbox, port, preview.token)
  preview.gateway.capabilities.revokeAll(sandbox)

  expect((await preview.enter()).status).toBe(410)
  expect((await preview.ask({ path: `/${new URL(link).search}` })).status).toBe(410)
})

test('a port on which nothing listens is told, and how to start something', async () => {
  await using preview = await openPreview(echo)
  const host = `3001-${sandbox}.localhost`
  const program = await preview.enter({ host })
  const person = await preview.enter({ host, headers: { accept: 'text/html' } })

  expect(program.status).toBe(502)
  expect(JSON.parse(program.body)).toMatchObject({ code: 'port_closed', retryable: true })
  expect(person.headers['content-type']).toMatch(/^text\/plain/)
  expect(person.body).toContain('listens on 127.0.0.1:3001')
})

test.each([3128, 5432])('port %i is not for previews', async (reserved) => {
  await using preview = await openPreview(echo)
  preview.gateway.engine.listen(sandbox, reserved, (socket) =>
    preview.server.emit('connection', socket),
  )
  const answer = await preview.enter({ host: `${reserved}-${sandbox}.localhost` })

  expect(answer.status).toBe(403)
})

test('answers set cookies for their own host alone, and speak for nobody else', async () => {
  await using preview = await openPreview((_request, response) => {
    response.setHeader('set-cookie', [
      'a=1; Domain=localhost; Path=/',
      'b=2; domain=.preview.example.com',
      'stuntdouble_preview=fixed',
      '__Host-stuntdouble_preview=fixed; Secure',
    ])
    response.setHeader('clear-site-data', '"*"')
    response.setHeader('service-worker-allowed', '/')
    response.setHeader('strict-transport-security', 'max-age=1; includeSubDomains')
    response.setHeader('alt-svc', 'h2="evil.example:443"')
    response.setHeader('x-frame-options', 'DENY')
    response.end()
  })
  const { headers } = await preview.enter()

  expect(headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2'])
  expect(Object.keys(headers)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/clear-site|worker|transport-sec|alt-svc/)]),
  )
  expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'origin-agent-cluster': '?1' })
})

test('a redirect to what the server inside calls itself leads to the preview', async () => {
  await using preview = await openPreview((request, response) => {
    response.writeHead(302, { location: String(request.headers['x-to']) }).end()
  })
  const to = async (location: string) =>
    (await preview.enter({ headers: { 'x-to': location } })).headers.location

  expect(await to('http://localhost:3000/login?x=1')).toBe(`http://${preview.host}/login?x=1`)
  expect(await to('/relative')).toBe('/relative')
  expect(await to('http://localhost:4000/other')).toBe('http://localhost:4000/other')
  expect(await to('https://example.com/')).toBe('https://example.com/')
})

test('nothing of an answer that holds a canary goes on', async () => {
  await using preview = await openPreview((request, response) => {
    if (request.url === '/head') response.setHeader('x-leak', canary)
    response.end(`before ${canary} after`)
  })

  expect((await preview.enter({ path: '/head' })).status).toBe(422)
  const torn = await preview.enter().catch((cause: NodeJS.ErrnoException) => cause.code)
  expect(JSON.stringify(torn)).not.toContain(canary)
})

test('events come as they are written', async () => {
  const release = Promise.withResolvers<void>()
  await using preview = await openPreview((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: one\n\n')
    void release.promise.then(() => response.end('data: two\n\n'))
  })
  const sent = preview.open({ headers: { 'x-stuntdouble-token': preview.token } })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const [first] = (await once(response, 'data')) as [Buffer]
  release.resolve()
  const [second] = (await once(response, 'data')) as [Buffer]

  expect([String(first), String(second)]).toEqual(['data: one\n\n', 'data: two\n\n'])
})

test('a slow reader slows the server down', async () => {
  const total = 64 * 1024 ** 2
  let written = 0
  await using preview = await openPreview((_request, response) => {
    const chunk = Buffer.alloc(256 * 1024)
    const write = () => {
      while (written < total) {
        written += chunk.length
        if (!response.write(chunk)) return void response.once('drain', write)
      }
      response.end()
    }
    write()
  })
  const sent = preview.open({ headers: { 'x-stuntdouble-token': preview.token } })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.pause()
  await sleep(500)

  expect(written).toBeLessThan(total / 2)
  let read = 0
  for await (const chunk of response) read += (chunk as Buffer).length
  expect(read).toBe(total)
})

test('a client that goes away ends the request inside', async () => {
  const closed = Promise.withResolvers<void>()
  await using preview = await openPreview((_request, response) => {
    response.once('close', () => closed.resolve())
    response.write('x')
  })
  const sent = preview.open({ headers: { 'x-stuntdouble-token': preview.token } })
  sent.end()
  await once(sent, 'response')
  sent.destroy()
  await closed.promise
})

test('what is open is cut when the sandbox’s end begins', async () => {
  await using preview = await openPreview((_request, response) => void response.write('x'))
  const sent = preview.open({ headers: { 'x-stuntdouble-token': preview.token } })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const closed = new Promise((resolve) => response.once('close', resolve))
  response.on('error', () => {}).resume()
  preview.gateway.cut()
  await closed

  expect(response.complete).toBe(false)
})

test('there is an end to how many may be open', async () => {
  await using preview = await openPreview((_request, response) => void response.write('x'))
  const headers = { 'x-stuntdouble-token': preview.token }
  const visit = async () => {
    const sent = preview.open({ headers })
    sent.on('error', () => {}).end()
    const [{ statusCode }] = (await once(sent, 'response')) as [IncomingMessage]
    return { statusCode, leave: () => void sent.destroy() }
  }
  const inside = await Promise.all(Array.from({ length: 128 }, visit))

  expect((await visit()).statusCode).toBe(429)
  for (const { leave } of inside) leave()
  await expect.poll(async () => (await visit()).statusCode).toBe(200)
})
