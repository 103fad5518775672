import { request } from 'node:http'
import type { Answer } from '../../packages/cli/src/drill/ask.ts'
import type { Scene } from './scene.ts'

export const json = { 'content-type': 'application/json' }
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
export const whoami = { method: 'POST', body: '{"command":"id"}' }

/** Where the orchestrator’s two doors are, and the key of one. */
export async function placesOf({ stuntdouble }: Scene) {
  const { url = '', gatewayUrl = '', key = '' } = (await stuntdouble.orchestrator()) ?? {}
  return { control: url, gateway: gatewayUrl, key }
}

export const problem = ({ body }: Answer) =>
  JSON.parse(body) as { readonly code: string; readonly hint: string }

/** The status an upgrade is answered with; 101 when it is let in. */
export function upgradeStatus(
  origin: string,
  path: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<number> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...extra,
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
