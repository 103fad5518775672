import { once } from 'node:events'
import { createServer } from 'node:http'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../../packages/cli/src/drill/ask.ts'
import { bearer, json, placesOf, problem, upgradeStatus, whoami } from './doors.ts'
import { type Scene, said, useScene } from './scene.ts'

const scene = useScene()
const evil = { origin: 'https://evil.example' }

describe('the control plane', () => {
  test('takes a change from a browser’s session only with our page’s header', async () => {
    const { control, session } = await signIn(scene())
    const spare = await scene().spare()
    const end = (headers: Record<string, string>) =>
      ask(control, `/v1/sandboxes/${spare.id}`, { method: 'DELETE', headers })

    expect((await ask(control, '/v1/sandboxes', { headers: session })).status).toBe(200)
    expect((await end(session)).status).toBe(403)
    expect((await end({ ...session, ...evil })).status).toBe(403)
    expect((await end({ ...session, ...evil, 'x-stuntdouble-csrf': '1' })).status).toBe(403)
    expect((await end({ ...session, origin: control, 'x-stuntdouble-csrf': '1' })).status).toBe(200)

    await ask(control, '/v1/session', { method: 'DELETE', headers: session })
    expect((await ask(control, '/v1/sandboxes', { headers: session })).status).toBe(401)
  })

  test('answers no page of another site, with or without a key, and allows none to read', async () => {
    const { control, session } = await signIn(scene())
    const { key } = await placesOf(scene())
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost:1',
      control.replace(/\d+$/, '1'),
    ]) {
      for (const credentials of [session, bearer(key), {}]) {
        for (const [method, path] of [
          ['GET', '/v1/sandboxes'],
          ['GET', '/v1/health'],
          ['OPTIONS', '/v1/sandboxes'],
          ['POST', '/v1/session'],
        ] as const) {
          const answer = await ask(control, path, { method, headers: { ...credentials, origin } })
          expect(answer.status, `${method} ${path} from ${origin}`).toBe(403)
          expect(
            Object.keys(answer.headers).filter((name) => name.startsWith('access-control')),
          ).toEqual([])
        }
      }
    }
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
  ])('takes no body of type "%s", which a form could send', async (type) => {
    const { control, key } = await placesOf(scene())
    const before = (await scene().control.listSandboxes()).length
    const headers = { ...bearer(key), ...(type && { 'content-type': type }) }
    const sent = { method: 'POST', headers, body: '{"ttl":"5m"}' }

    expect(problem(await ask(control, '/v1/sandboxes', sent)).code).toBe('unsupported_media')
    expect(problem(await ask(control, '/v1/session', sent)).code).toBe('unsupported_media')
    expect((await scene().control.listSandboxes()).length).toBe(before)
  })

  test('reads no body without end', async () => {
    const { control, key } = await placesOf(scene())
    const body = JSON.stringify({ ttl: 'x'.repeat(2_000_000) })
    const answer = await ask(control, '/v1/sandboxes', {
      ...{ method: 'POST', headers: { ...json, ...bearer(key) }, body },
    })

    expect(answer.status).toBe(400)
  })
})

describe('the gateway', () => {
  test('answers no page of another site, though it knows the whole address', async () => {
    const { gateway } = await placesOf(scene())
    const { box } = scene()
    for (const origin of ['https://evil.example', 'null', (await placesOf(scene())).control]) {
      const command = { ...whoami, headers: { 'content-type': 'text/plain', origin } }
      expect((await ask(gateway, `/s/${box.token}/exec`, command)).status).toBe(403)
      expect((await ask(gateway, `/s/${box.token}`, { headers: { origin } })).status).toBe(403)
      expect(await upgradeStatus(gateway, `/s/${box.token}/process`, { origin })).toBe(403)
    }
    expect(await upgradeStatus(gateway, `/s/${box.token}/process`, { origin: gateway })).toBe(101)
  })

  test('shares no cookie and no port with the control plane', async () => {
    const { control, gateway, key } = await placesOf(scene())
    const { session } = await signIn(scene())
    const { box } = scene()
    const answer = await ask(gateway, `/s/${box.id}`, { headers: session })

    expect(new URL(control).port).not.toBe(new URL(gateway).port)
    expect(answer.status).toBe(401)
    const opened = await ask(gateway, `/s/${box.token}`, {
      headers: { ...session, ...bearer(key) },
    })
    expect(opened.headers['set-cookie']).toBeUndefined()
    const { stdout } = await box.commands.run('env; cat /proc/[0-9]*/environ')
    expect(stdout.includes(session.cookie)).toBe(false)
  })
})

describe('a page in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    })
  })
  afterAll(() => browser?.close())

  test('that wants to command a sandbox does so at a careless server, and not at ours', async () => {
    const { gateway } = await placesOf(scene())
    const { box } = scene()
    const careless = await openCareless()
    const page = await browser.newPage()
    await page.goto(careless.page)
    const mark = `planted-${box.id}`
    const attack = async (url: string) =>
      page.evaluate(
        async ([to, body]) => {
          await fetch(to ?? '', { method: 'POST', mode: 'no-cors', body }).catch(() => {})
        },
        [url, JSON.stringify({ command: `touch /tmp/${mark}` })] as const,
      )
    try {
      await attack(`${careless.server}/exec`)
      expect(careless.commanded()).toContain(mark)

      await attack(`${gateway}/s/${box.token}/exec`)
      expect(await said(box, `ls /tmp/${mark} 2>&1`)).toMatch(/cannot access/)
    } finally {
      await careless[Symbol.asyncDispose]()
    }
  })
})

/** The cookie of a person who is signed in. */
async function signIn(of: Scene) {
  const { control, key } = await placesOf(of)
  const session = await ask(control, '/v1/session', {
    ...{ method: 'POST', headers: json, body: JSON.stringify({ key }) },
  })
  expect(session.status).toBe(204)
  const [cookie = ''] = [session.headers['set-cookie']].flat()
  expect(cookie).toMatch(/HttpOnly/)
  expect(cookie).toMatch(/SameSite=Strict/)
  expect(cookie.includes(key)).toBe(false)
  return { control, session: { cookie: cookie.split(';')[0] ?? '' } }
}

/** Another site’s page, and a server that does what any page says. */
async function openCareless() {
  let commanded = ''
  const listen = async (answer: Parameters<typeof createServer>[1]) => {
    const server = createServer(answer).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    return { server, origin: `http://127.0.0.1:${port}` }
  }
  const page = await listen((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<p>hello'),
  )
  const careless = await listen((request, response) => {
    request.on('data', (chunk) => {
      commanded += chunk
    })
    response.end('done')
  })
  return {
    page: page.origin,
    server: careless.origin,
    commanded: () => commanded,
    [Symbol.asyncDispose]: async () => {
      page.server.close().closeAllConnections()
      careless.server.close().closeAllConnections()
    },
  }
}
