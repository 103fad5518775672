import type { Sandbox } from '@stuntdouble/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EngineClient, openEngine } from '../lib/container-runtime.ts'
import { type EgressScene, openEgressScene } from './egress-scene.ts'
import { startPlain } from './plain-container.ts'
import { said } from './scene.ts'

const credentials = 'ASIA-of-the-machine'
/** A cloud’s own network: whatever is on this machine, the orchestrator too, reaches it. */
const link = '169.254.169.0/24'
const at = '169.254.169.254'

const labels = { 'dev.stuntdouble.installation': 'test-cloud' }

/** Removes what a run that was killed left: an engine has this subnet once. */
async function removeClouds(docker: EngineClient): Promise<void> {
  const label = Object.entries(labels).map((pair) => pair.join('='))
  const left = await docker.listNetworks({ filters: { label } })
  for (const { Id } of left) await docker.getNetwork(Id).remove()
}

/** This machine as one of a cloud: something answers at the metadata address. */
async function openCloud(): Promise<AsyncDisposable> {
  await using scope = new AsyncDisposableStack()
  const docker = await openEngine()
  await removeClouds(docker)
  const network = await docker.createNetwork({
    Name: `test-cloud-${process.pid}`,
    Labels: labels,
    IPAM: { Driver: 'default', Config: [{ Subnet: link, Gateway: '169.254.169.1' }] },
  })
  scope.defer(() => network.remove())
  const server = scope.use(await startPlain())
  await network.connect({
    Container: server.id,
    EndpointConfig: { IPAMConfig: { IPv4Address: at } },
  })
  await server.said(
    `mkdir -p /tmp/m/latest && echo ${credentials} > /tmp/m/latest/credentials && cd /tmp/m && setsid python3 -m http.server 80 >/dev/null 2>&1 &`,
  )
  return scope.move()
}

const ways: readonly string[] = [
  at,
  '169.254.43518',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '169.254.169.254.',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
  'metadata.google.internal',
]

describe.each(['runc', 'gvisor'] as const)('behind %s, a cloud’s metadata', (isolation) => {
  const opened = new AsyncDisposableStack()
  let scene: EgressScene
  beforeAll(async () => {
    opened.use(await openCloud())
    // An operator who allows everything there is, and names the very address.
    const allow = [
      { host: '*', scheme: 'http', private: true },
      { host: '*', private: true },
      { host: at, scheme: 'http', private: true },
      { host: at, ports: [80, 443], private: true },
      { host: 'metadata.google.internal', scheme: 'http', private: true },
    ]
    const ask = allow.map(({ private: _private, ...rule }) => rule)
    scene = opened.use(await openEgressScene({ allow, ask, isolation }))
  })
  afterAll(() => opened.disposeAsync())
  const url = (host: string) => `http://${host}/latest/credentials`

  test('is there for a program of this machine, by several spellings of its address', async () => {
    await using onHost = await startPlain('host')
    for (const host of [at, '169.254.43518', '2852039166', '0xa9fea9fe']) {
      await expect
        .poll(() => onHost.said(`curl -sS -m 3 '${url(host)}'`), { timeout: 10_000 })
        .toContain(credentials)
    }
  })

  const refusal = async (box: Sandbox, command: string) => {
    const before = performance.now()
    const answer = await said(box, command)
    expect(answer).not.toContain(credentials)
    expect(performance.now() - before).toBeLessThan(5000)
    return answer
  }

  test.each(ways)(
    'is not there for a sandbox as %s, though the operator allows it',
    async (host) => {
      const raw = `printf 'GET ${url(host)} HTTP/1.1\\r\\nHost: ${host}\\r\\n\\r\\n' | timeout 3 python3 -c '
import socket, sys
way = socket.create_connection(("127.0.0.1", 3128)); way.sendall(sys.stdin.buffer.read())
while chunk := way.recv(4096): print(chunk.decode())'`

      expect(await refusal(scene.box, raw)).toContain('blocked_by_policy')
      expect(await refusal(scene.box, `curl -sS -m 4 '${url(host)}'`)).toMatch(
        /blocked_by_policy|curl:/,
      )
      const tunnel = await refusal(scene.box, `curl -sS -m 4 -p '${url(host)}'`)
      expect(tunnel).toMatch(/CONNECT tunnel failed, response 40[03]|curl:/)
      expect((await scene.decisions()).filter(({ type }) => type === 'egress_allowed')).toEqual([])
    },
  )
})
