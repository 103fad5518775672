import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ask } from '../../packages/cli/src/drill/ask.ts'
import { bearer, json, placesOf, problem, upgradeStatus, whoami } from './doors.ts'
import { useScene } from './scene.ts'

const scene = useScene()
const nobody = 'sb0000000000zz'

describe('the gateway', () => {
  test('opens a sandbox to its token alone, in the address or in a header', async () => {
    const { gateway, key } = await placesOf(scene())
    const { box, other } = scene()
    const exec = (handle: string, headers: Record<string, string> = {}) =>
      ask(gateway, `/s/${handle}/exec`, { ...whoami, headers: { ...json, ...headers } })

    expect((await exec(box.token)).status).toBe(200)
    expect((await exec(box.id, bearer(box.token))).status).toBe(200)
    for (const refused of [
      await exec(box.id),
      await exec(box.id, bearer(other.token)),
      await exec(box.id, bearer(key)),
      await exec(box.id, bearer('')),
      await exec(box.id, { authorization: `Basic ${btoa(`x:${box.token}`)}` }),
      await exec(key),
      await exec(box.token.slice(0, -1)),
      await exec(`${box.token}x`),
      await exec(box.token.replace(box.id, other.id)),
      await exec(encodeURIComponent(`${box.token}/../${other.id}`)),
    ]) {
      expect(refused.status).toBe(401)
      expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/)
      expect(problem(refused).code).toBe('unauthorized')
    }
  })

  test('tells a sandbox that is not there from somebody else’s by nothing', async () => {
    const { gateway } = await placesOf(scene())
    const { box, other } = scene()
    const asked = (handle: string, path: string) =>
      ask(gateway, `/s/${handle}${path}`, { headers: bearer(box.token) })
    const told = async (handle: string, path: string) => {
      const { status, body, headers } = await asked(handle, path)
      return { status, body, headers: { ...headers, date: '' } }
    }

    expect((await asked(box.id, '')).status).toBe(200)
    for (const path of ['', '/files/workspace', '/exec', '/nowhere']) {
      expect(await told(other.id, path)).toEqual(await told(nobody, path))
      expect((await told(nobody, path)).body).not.toContain(nobody)
    }
  })

  test('does not mix a token in the address with one in a header', async () => {
    const { gateway } = await placesOf(scene())
    const { box, other } = scene()
    const answer = await ask(gateway, `/s/${box.token}`, {
      headers: { accept: 'application/json', ...bearer(other.token) },
    })

    expect(JSON.parse(answer.body)).toMatchObject({ id: box.id })
  })

  test('has nothing for an expired token and a revoked one, on every door', async () => {
    const { gateway } = await placesOf(scene())
    const ended = await scene().spare()
    const short = await scene().control.handover(scene().box.id, { ttl: '3s' })
    expect((await ask(gateway, `/s/${short.token}`)).status).toBe(200)
    await ended.kill()
    await sleep(3100)

    for (const token of [short.token, ended.token]) {
      for (const [path, asked] of [
        ['', {}],
        ['/exec', { ...whoami, headers: json }],
        ['/files/workspace', {}],
        ['/files/workspace/x', { method: 'PUT', body: 'x' }],
        ['/files/workspace/x', { method: 'DELETE' }],
      ] as const) {
        const answer = await ask(gateway, `/s/${token}${path}`, asked)
        expect(answer.status).toBe(410)
        expect(problem(answer).code).toBe('sandbox_gone')
      }
      expect(await upgradeStatus(gateway, `/s/${token}/process`)).toBe(410)
    }
  })

  test('opens no terminal without the token', async () => {
    const { gateway, key } = await placesOf(scene())
    const { box, other } = scene()
    const status = (handle: string, token?: string) =>
      upgradeStatus(gateway, `/s/${handle}/process`, token === undefined ? {} : bearer(token))

    expect(await status(box.id)).toBe(401)
    expect(await status(box.id, other.token)).toBe(401)
    expect(await status(box.id, key)).toBe(401)
    expect(await status(key)).toBe(401)
    expect(await status('%zz')).toBe(401)
    expect(await status(box.id, box.token)).toBe(101)
    expect(await status(box.token)).toBe(101)
  })

  test.each([
    '/s/%zz',
    '/s/%ff/exec',
    '/s//',
    '/s/..%2f..%2fv1',
    '/%2e%2e/v1/sandboxes',
    '//',
    '/s',
  ])('answers %s with a problem that is the client’s', async (path) => {
    const { gateway } = await placesOf(scene())
    const answer = await ask(gateway, path)

    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(problem(answer)).toMatchObject({ code: expect.any(String), hint: expect.any(String) })
  })

  test('has no route of the control plane', async () => {
    const { gateway, key } = await placesOf(scene())
    for (const path of ['/v1/sandboxes', '/v1/session', '/v1/health', '/']) {
      expect((await ask(gateway, path, { headers: bearer(key) })).status).toBe(404)
    }
  })
})

describe('the end of a sandbox', () => {
  test('cuts a terminal and a transfer that are open', async () => {
    const { gateway } = await placesOf(scene())
    const box = await scene().spare()
    const terminal = await openSocket(gateway, [
      `GET /s/${box.token}/process HTTP/1.1`,
      ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ])
    const body = '{"command":"sleep 3600"}'
    const stream = await openSocket(
      gateway,
      [
        `POST /s/${box.token}/exec HTTP/1.1`,
        ...['Content-Type: application/json', 'Accept: application/x-ndjson'],
        `Content-Length: ${body.length}`,
      ],
      body,
    )
    expect([terminal.destroyed, stream.destroyed]).toEqual([false, false])
    const closed = Promise.all([once(terminal, 'close'), once(stream, 'close')])

    expect(await box.kill()).toMatchObject({ clean: true })
    await closed
  })
})

/** A connection that is held open after a request. */
async function openSocket(
  origin: string,
  [first, ...headers]: readonly string[],
  body = '',
): Promise<Socket> {
  const { hostname, port, host } = new URL(origin)
  const socket = connect(Number(port), hostname).on('error', () => {})
  await once(socket, 'connect')
  socket.write(`${[first, `Host: ${host}`, ...headers].join('\r\n')}\r\n\r\n${body}`)
  socket.resume()
  await sleep(300)
  return socket
}

describe('the control plane', () => {
  test('answers nobody without its key', async () => {
    const { control } = await placesOf(scene())
    const { box } = scene()
    const routes = [
      ['GET', '/v1/sandboxes'],
      ['POST', '/v1/sandboxes'],
      ['DELETE', `/v1/sandboxes/${box.id}`],
      ['POST', `/v1/sandboxes/${box.id}/handover`],
      ['GET', `/v1/sandboxes/${box.id}/events`],
      ['POST', `/v1/sandboxes/${box.id}/databases/db/local`],
      ['PUT', '/v1/workspaces'],
      ['GET', '/v1/events'],
      ['POST', '/v1/snapshots'],
      ['POST', '/v1/sources/shop/review'],
      ['GET', '/v1/doctor'],
      ['GET', '/V1/sandboxes'],
      ['GET', '/v1//sandboxes'],
      ['GET', '/v1/openapi.json/../sandboxes'],
    ] as const
    for (const [method, path] of routes) {
      for (const headers of [{}, bearer(box.token), bearer('sdk_wrong')]) {
        const answer = await ask(control, path, { method, headers })
        expect([401, 404], `${method} ${path}`).toContain(answer.status)
      }
    }
  })

  test('tells nobody without its key whether a sandbox is there', async () => {
    const { control } = await placesOf(scene())
    const told = async (id: string) => {
      const { status, body, headers } = await ask(control, `/v1/sandboxes/${id}`)
      return { status, body, headers: { ...headers, date: '' } }
    }

    expect(await told(scene().box.id)).toEqual(await told(nobody))
  })
})

test('no token and no key is kept: not in the journal, a log, an event, nor a link that is followed', async () => {
  const { gateway, key } = await placesOf(scene())
  const { box, stuntdouble, control } = scene()
  const state = join(stuntdouble.root, 'state/stuntdouble')
  const files = (await readdir(state)).filter((name) => /journal|\.log/.test(name))
  expect(files).toEqual(expect.arrayContaining(['journal.db', 'orchestrator.log']))

  for (const name of files) {
    const bytes = await readFile(join(state, name))
    const found = [box.token, key].filter((secret) => bytes.includes(secret))
    expect(found.length, name).toBe(0)
  }
  expect((await readFile(join(state, 'api-key'), 'utf8')).trim() === key).toBe(true)
  expect(JSON.stringify(await control.events(box.id)).includes(box.token)).toBe(false)
  const { headers } = await ask(gateway, `/s/${box.token}`, { headers: { accept: 'text/html' } })
  expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
})
