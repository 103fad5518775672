import type Docker from 'dockerode'
import { expect, test } from 'vitest'
import { aPod } from '../contract-pods.ts'
import { memberConfig } from './member-config.ts'
import { verifyContainer } from './verify-container.ts'

const owner = { installation: 'test', pod: 'sb1', podKind: 'sandbox' } as const
const [container] = aPod({ image: 'stuntdouble/workspace', now: () => 0 }).containers
if (container === undefined) throw new Error('the pod has no container')
const asked = memberConfig({ owner, gate: 'gate-id', container })

const inspected = (host: Docker.HostConfig = {}, user = asked.User) =>
  ({
    Config: { User: user },
    HostConfig: { ...asked.HostConfig, ...host },
    Mounts: [],
  }) as unknown as Docker.ContainerInspectInfo

test('a container that runs as asked passes', () => {
  expect(() => verifyContainer(asked, inspected())).not.toThrow()
})

test.each<[string, Docker.HostConfig]>([
  ['Privileged', { Privileged: true }],
  ['CapAdd', { CapAdd: ['SYS_ADMIN'] }],
  ['CapDrop', { CapDrop: [] }],
  ['SecurityOpt', { SecurityOpt: ['no-new-privileges'] }],
  ['NetworkMode', { NetworkMode: 'host' }],
  ['PidMode', { PidMode: 'host' }],
  ['IpcMode', { IpcMode: 'host' }],
  ['UsernsMode', { UsernsMode: 'host' }],
  ['Runtime', { Runtime: 'other' }],
  ['ReadonlyRootfs', { ReadonlyRootfs: false }],
  ['Binds', { Binds: ['/:/host'] }],
  ['Tmpfs', { Tmpfs: {} }],
  ['Memory', { Memory: 0 }],
  ['MemorySwap', { MemorySwap: -1 }],
  ['PidsLimit', { PidsLimit: 0 }],
  ['NanoCpus', { NanoCpus: 0 }],
  ['ShmSize', { ShmSize: 64 * 2 ** 20 }],
  [
    'Devices',
    { Devices: [{ PathOnHost: '/dev/kmsg', PathInContainer: '/x', CgroupPermissions: 'r' }] },
  ],
  ['RestartPolicy', { RestartPolicy: { Name: 'always' } }],
  ['LogConfig', { LogConfig: { Type: 'json-file', Config: {} } }],
  ['MaskedPaths', { MaskedPaths: [] }],
  ['ReadonlyPaths', { ReadonlyPaths: [] }],
  ['Ulimits', { Ulimits: [] }],
])('another %s is refused and named', (field, host) => {
  expect(() => verifyContainer(asked, inspected(host))).toThrowError(
    expect.objectContaining({ code: 'engine_failed', message: expect.stringContaining(field) }),
  )
})

test('another user is refused', () => {
  expect(() => verifyContainer(asked, inspected({}, '0:0'))).toThrowError(/User/)
})

test('a mount nobody asked for is refused', () => {
  const mounted = { ...inspected(), Mounts: [{ Type: 'volume', Destination: '/data', RW: true }] }
  const runs = mounted as unknown as Docker.ContainerInspectInfo
  expect(() => verifyContainer(asked, runs)).toThrowError(/Mounts \(\/data\)/)
})

test('a container behind a second kernel that runs on the machine’s is refused', () => {
  const second = { runtime: 'runsc', lease: '/run/sd/sb1/lease' }
  const behind = memberConfig({ owner, gate: 'gate-id', container, second })
  const runs = (Runtime: string) =>
    ({
      Config: { User: behind.User },
      HostConfig: { ...behind.HostConfig, Runtime },
      Mounts: [{ Type: 'bind', Source: second.lease, Destination: '/lease', RW: false }],
    }) as unknown as Docker.ContainerInspectInfo

  expect(() => verifyContainer(behind, runs('runsc'))).not.toThrow()
  expect(() => verifyContainer(behind, runs('runc'))).toThrowError(/Runtime/)
})
