import { describe, expect, test } from 'vitest'
import { container, imageFor, stagingContainer, stopCommand } from './containers.ts'

const mebibyte = 1024 * 1024
const credentials = { user: 'build_x', password: 'p\'$(touch x)"w', database: 'shop' }
const staging = stagingContainer({
  name: 'staging',
  image: 'stuntdouble/postgres:15',
  volume: 'v',
  memoryBytes: 1024 * mebibyte,
  encoding: 'UTF8; touch x',
  collation: '$(touch x)',
  credentials,
})
const sandbox = container({
  name: 'db',
  image: 'postgres:16',
  mount: { volume: 'v', path: '/var/lib/stuntdouble', readOnly: false },
  port: 5433,
  cpus: 1,
  memoryBytes: 256 * mebibyte,
  pids: 64,
})

test.each([
  [13, 'stuntdouble/postgres:15'],
  [15, 'stuntdouble/postgres:15'],
  [16, 'stuntdouble/postgres:17'],
  [18, 'stuntdouble/postgres:18'],
])('a server of version %i is copied into %s', (version, image) => {
  expect(imageFor(version)).toBe(image)
})

describe('the staging container', () => {
  test('has neither password nor anything of the source on its command line', () => {
    const line = staging.command.join(' ')

    expect(line).not.toContain(credentials.password)
    expect(line).not.toContain('touch x')
  })

  test('lets in the loopback alone, with a password', () => {
    expect(staging.command.join(' ')).toContain('host all all 127.0.0.1/32 scram-sha-256')
    expect(staging.command).toContain('listen_addresses=127.0.0.1')
  })

  test('is stopped where its data is', () => {
    expect(stopCommand).toContain('/var/lib/stuntdouble/data')
  })
})

describe('a sandbox’s container', () => {
  test('is the server itself, on its own port and data', () => {
    expect(sandbox.command.slice(0, 2)).toEqual(['sh', '-c'])
    expect(sandbox.command[2]).toMatch(/exec "\$0" "\$@"$/)
    expect(sandbox.command.slice(3, 6)).toEqual(['postgres', '-D', '/var/lib/stuntdouble/data'])
    expect(sandbox.command).toContain('port=5433')
    expect(sandbox.env).toEqual({ LANG: 'C' })
  })

  test('writes no statement into its log', () => {
    expect(sandbox.command).toContain('log_min_error_statement=panic')
    expect(sandbox.command).toContain('log_statement=none')
  })

  test('runs as the official image’s user', () => {
    expect([sandbox.uid, sandbox.gid]).toEqual([999, 999])
    expect(sandbox.tmpfs.map(({ path }) => path)).toContain('/tmp')
  })
})
