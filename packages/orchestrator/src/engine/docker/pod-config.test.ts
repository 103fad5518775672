import { expect, test } from 'vitest'
import { aPod } from '../contract-pods.ts'
import { gateConfig } from './gate-config.ts'
import { memberConfig } from './member-config.ts'

const owner = { installation: 'test', pod: 'sb1', podKind: 'sandbox' } as const
const [container] = aPod({ image: 'stuntdouble/workspace', now: () => 0 }).containers
if (container === undefined) throw new Error('the pod has no container')

const gate = gateConfig({ owner, image: 'stuntdouble/gate', directory: '/run/sb1', hosts: ['db'] })
const member = memberConfig({ owner, gate: 'gate-id', container })

test.each([
  ['gate', gate],
  ['member', member],
])(
  'a %s is without capabilities, new privileges, a writable root or a second life',
  (_, config) => {
    expect(config.HostConfig).toMatchObject({
      CapDrop: ['ALL'],
      Privileged: false,
      ReadonlyRootfs: true,
      IpcMode: 'private',
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    })
    expect(config.HostConfig.Ulimits).toContainEqual({ Name: 'core', Soft: 1, Hard: 1 })
    expect(config.HostConfig.SecurityOpt[0]).toBe('no-new-privileges')
    expect(config.HostConfig.SecurityOpt[1]).toMatch(/^seccomp=\{"defaultAction":"SCMP_ACT_ERRNO"/)
    expect(config.HostConfig.Memory).toBe(config.HostConfig.MemorySwap)
    expect(config.HostConfig).not.toHaveProperty('Devices')
    expect(config.HostConfig).not.toHaveProperty('CapAdd')
    expect(config.HostConfig).not.toHaveProperty('PortBindings')
  },
)

test('the gate has no network and sees its own directory alone', () => {
  expect(gate.HostConfig.NetworkMode).toBe('none')
  expect(gate.HostConfig.Binds).toEqual(['/run/sb1:/gate:rw'])
  expect(gate.HostConfig.ExtraHosts).toEqual(['db:127.0.0.1'])
  expect(gate.User).toBe('64000:64000')
})

test('a member lives in the gate’s namespaces, found by id', () => {
  expect(member.HostConfig.NetworkMode).toBe('container:gate-id')
  expect(member.HostConfig.PidMode).toBe('container:gate-id')
  expect(member.HostConfig).not.toHaveProperty('Binds')
})

test('a member that runs commands has the runner, read-only and named in its labels', () => {
  const volume = 'stuntdouble.test.runner.0123'
  const config = memberConfig({ owner, gate: 'gate-id', container, runner: volume })
  expect(config.HostConfig.Mounts).toEqual([
    expect.objectContaining({ Source: volume, Target: '/.stuntdouble', ReadOnly: true }),
  ])
  expect(config.Labels).toMatchObject({
    'dev.stuntdouble.runner': volume,
    'dev.stuntdouble.commands-by': '1000:1000',
  })
  expect(member.HostConfig.Mounts).toEqual([])
})

test('a member’s limits are the ones asked for', () => {
  expect(member.HostConfig).toMatchObject({
    Memory: 256 * 2 ** 20,
    PidsLimit: 64,
    NanoCpus: 1e9,
    ShmSize: 2 ** 20,
  })
  expect(member.HostConfig.Tmpfs).toEqual({
    '/tmp': 'rw,exec,nosuid,nodev,size=16777216,nr_inodes=1000,uid=1000,gid=1000,mode=1777',
  })
})

test('everything carries the labels it is found by', () => {
  expect(member.Labels).toEqual({
    'dev.stuntdouble.installation': 'test',
    'dev.stuntdouble.sandbox': 'sb1',
    'dev.stuntdouble.kind': 'workspace',
    'dev.stuntdouble.commands-by': '1000:1000',
    'dev.stuntdouble.pod': 'sandbox',
  })
})

test.each([-1, 0, 0.5, 64_000, Number.NaN])('no member runs as user %d', (uid) => {
  const asked = () => memberConfig({ owner, gate: 'gate-id', container: { ...container, uid } })
  expect(asked).toThrowError(expect.objectContaining({ code: 'policy_refused' }))
})
