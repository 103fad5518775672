import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Scene } from './scene.ts'

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** The path goes out letter by letter, unlike with fetch, which tidies it first. */
export async function ask(origin: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { hostname, port } = new URL(origin)
  const { method = 'GET', headers = {}, body = '' } = asked
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, async (response) => {
      const { statusCode: status = 0, headers } = response
      resolve({ status, body: await text(response), headers })
    })
    sent.once('error', reject).end(body)
  })
}

const json = { 'content-type': 'application/json' }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const whoami = { method: 'POST', body: '{"command":"id"}' }

export function describeKeys(scene: () => Scene): void {
  async function places() {
    const { url = '', gatewayUrl = '', key = '' } = (await scene().stuntdouble.orchestrator()) ?? {}
    return { control: url, gateway: gatewayUrl, key }
  }

  const problem = ({ body }: Answer) => JSON.parse(body) as { code: string; hint: string }

  describe('the gateway', () => {
    test('opens a sandbox to its token alone, in the address or in a header', async () => {
      const { gateway, key } = await places()
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

    test('a token in the address is not mixed with one in a header', async () => {
      const { gateway } = await places()
      const { box, other } = scene()
      const answer = await ask(gateway, `/s/${box.token}`, {
        headers: { accept: 'application/json', ...bearer(other.token) },
      })

      expect(JSON.parse(answer.body)).toMatchObject({ id: box.id })
    })

    test('an expired token and a revoked one are gone, on every door', async () => {
      const { gateway } = await places()
      const short = await scene().control.handover(scene().box.id, { ttl: '1s' })
      const ended = await scene().spare()
      expect((await ask(gateway, `/s/${short.token}`)).status).toBe(200)
      await ended.kill()
      await sleep(1100)

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

    test('a terminal needs the token as well', async () => {
      const { gateway, key } = await places()
      const { box, other } = scene()
      const status = (handle: string, token?: string) =>
        upgradeStatus(gateway, `/s/${handle}/process`, token)

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
      const { gateway } = await places()
      const answer = await ask(gateway, path)

      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(problem(answer)).toMatchObject({ code: expect.any(String), hint: expect.any(String) })
    })

    test('has no route of the control plane, and no page may read it from elsewhere', async () => {
      const { gateway, key } = await places()
      for (const path of ['/v1/sandboxes', '/v1/session', '/v1/health', '/']) {
        expect((await ask(gateway, path, { headers: bearer(key) })).status).toBe(404)
      }
      const { headers } = await ask(gateway, `/s/${scene().box.token}`, {
        headers: { origin: 'https://evil.example' },
      })
      expect(headers['access-control-allow-origin']).toBeUndefined()
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['cache-control']).toBe('no-store')
    })
  })

  describe('the control plane', () => {
    test('answers nobody without its key', async () => {
      const { control } = await places()
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

    test('takes a change from a browser’s session only with our page’s header', async () => {
      const { control, key } = await places()
      const session = await ask(control, '/v1/session', {
        ...{ method: 'POST', headers: json, body: JSON.stringify({ key }) },
      })
      expect(session.status).toBe(204)
      const [cookie = ''] = [session.headers['set-cookie']].flat()
      expect(cookie).toMatch(/HttpOnly/)
      expect(cookie).toMatch(/SameSite=Strict/)
      expect(cookie).not.toContain(key)
      const signedIn = { cookie: cookie.split(';')[0] ?? '' }
      const spare = await scene().spare()
      const end = (headers: Record<string, string>) =>
        ask(control, `/v1/sandboxes/${spare.id}`, { method: 'DELETE', headers })

      expect((await ask(control, '/v1/sandboxes', { headers: signedIn })).status).toBe(200)
      expect((await end(signedIn)).status).toBe(403)
      expect((await end({ ...signedIn, origin: 'https://evil.example' })).status).toBe(403)
      const preflight = await ask(control, `/v1/sandboxes/${spare.id}`, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://evil.example',
          'access-control-request-method': 'DELETE',
          'access-control-request-headers': 'x-stuntdouble-csrf',
        },
      })
      expect(preflight.headers['access-control-allow-origin']).toBeUndefined()
      expect((await end({ ...signedIn, 'x-stuntdouble-csrf': '1' })).status).toBe(200)

      await ask(control, '/v1/session', { method: 'DELETE', headers: signedIn })
      expect((await ask(control, '/v1/sandboxes', { headers: signedIn })).status).toBe(401)
    })
  })
}

/** The status an upgrade is answered with; 101 when it is let in. */
function upgradeStatus(origin: string, path: string, token?: string): Promise<number> {
  const headers = {
    ...(token !== undefined && bearer(token)),
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }
  return new Promise((resolve, reject) => {
    const sent = request(new URL(origin), { path, headers })
    sent.once('upgrade', (_response, socket) => {
      socket.destroy()
      resolve(101)
    })
    sent.once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.once('error', reject).end()
  })
}
