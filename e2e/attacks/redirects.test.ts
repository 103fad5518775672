import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { machineAddress, openWeb, type Web } from '../lib/web.ts'
import { type EgressScene, openEgressScene } from './egress-scene.ts'
import { said } from './scene.ts'

const secret = 'the internal service’s secret'
const address = await machineAddress()
let internal: Web
let door: Web
let scene: EgressScene

beforeAll(async () => {
  internal = await openWeb((_request, response) => response.end(secret))
  door = await openWeb(({ url = '' }, response) => {
    const to = decodeURIComponent(url.slice(1))
    if (to === '') response.end('hello')
    else response.writeHead(302, { location: to }).end()
  })
  const rule = { host: address, scheme: 'http', ports: [door.port] }
  scene = await openEgressScene({ allow: [{ ...rule, private: true }], ask: [rule] })
})
afterAll(async () => {
  await scene?.[Symbol.asyncDispose]()
  await Promise.all([internal?.[Symbol.asyncDispose](), door?.[Symbol.asyncDispose]()])
})

/** Clients that follow a redirect by themselves. */
const clients: readonly [name: string, command: (url: string) => string][] = [
  ['curl', (url) => `curl -sSL -m 8 '${url}'`],
  [
    'Python',
    (url) =>
      `python3 -c 'import urllib.request as r; print(r.urlopen("${url}", timeout=8).read().decode())'`,
  ],
  ['Node', (url) => `node -e 'fetch("${url}").then((a) => a.text()).then(console.log)'`],
]

describe('an allowed server that sends on to another', () => {
  test.each(clients)('is followed by %s where nothing protects', async (_name, command) => {
    const url = `http://${address}:${door.port}/${encodeURIComponent(`http://${address}:${internal.port}/`)}`

    expect(await scene.plain.said(command(url))).toContain(secret)
    expect(internal.heard()).toHaveLength(1)
  })

  test.each(clients)('leads %s nowhere from a sandbox', async (_name, command) => {
    const elsewhere = [
      `http://${address}:${internal.port}/`,
      `http://169.254.169.254/latest/meta-data/`,
      `http://127.0.0.1.nip.example:${internal.port}/`,
      `https://${address}:${internal.port}/`,
    ]
    for (const to of elsewhere) {
      const url = `http://${address}:${door.port}/${encodeURIComponent(to)}`
      const before = performance.now()
      expect(await said(scene.box, command(url)), to).not.toContain(secret)
      expect(performance.now() - before).toBeLessThan(8000)
      const last = (await scene.decisions()).at(-1)
      expect(last).toMatchObject({ type: 'egress_denied' })
      expect(String(last?.data.target)).toContain(new URL(to).hostname)
    }
    expect(internal.heard()).toEqual([])
  })

  test('still answers itself', async () => {
    for (const [, command] of clients) {
      expect(await said(scene.box, command(`http://${address}:${door.port}/`))).toContain('hello')
    }
  })
})
