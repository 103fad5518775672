import { expect, test } from 'vitest'
import { container, stagingContainer } from './containers.ts'

const mebibyte = 1024 ** 2

const sandboxed = (memoryBytes: number) =>
  container({
    ...{ name: 'db', image: 'i', port: 3307, cpus: 1, memoryBytes, pids: 64 },
    mount: { volume: 'v', path: '/data', readOnly: false },
  })

const staged = stagingContainer({
  ...{ name: 'db', image: 'i', volume: 'v', memoryBytes: 1024 * mebibyte },
  ...{ encoding: 'utf8mb4', collation: 'utf8mb4_general_ci' },
  credentials: { user: 'root', password: "p'; DROP USER x; -- \\", database: 'shop' },
})

test.each([sandboxed(256 * mebibyte), staged])(
  'a server listens to its pod alone',
  ({ command }) => {
    expect(command).toContain('--bind-address=127.0.0.1')
    expect(command).toContain('--skip-name-resolve=ON')
  },
)

test.each([sandboxed(256 * mebibyte), staged])(
  'no statement is logged, no file given',
  ({ command }) => {
    for (const option of ['--general-log=OFF', '--slow-query-log=OFF', '--skip-log-bin']) {
      expect(command).toContain(option)
    }
    expect(command).toContain('--secure-file-priv=/var/lib/mysql')
  },
)

test.each([
  [256, 32],
  [64, 16],
  [8192, 128],
])('with %i MiB the buffer pool has %i', (memory, pool) => {
  expect(sandboxed(memory * mebibyte).command).toContain(`--innodb-buffer-pool-size=${pool}M`)
})

test('the port is the one it was given', () => {
  expect(sandboxed(mebibyte).command).toContain('--port=3307')
})

test('the superuser’s password stands in no argument, and stays in its quotes', () => {
  expect(staged.command.join(' ')).not.toContain('DROP USER')
  expect(staged.env.STAGING_SQL).toContain("IDENTIFIED BY 'p''; DROP USER x; -- \\\\';")
})
