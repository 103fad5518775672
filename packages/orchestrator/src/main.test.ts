import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('what nobody foresaw ends it with where it happened, and without the words of the error', () => {
  const main = new URL('main.ts', import.meta.url).pathname
  const { status, stderr } = spawnSync(process.execPath, [main], {
    encoding: 'utf8',
    env: { XDG_STATE_HOME: '/dev/null/customer-4711' },
  })

  expect(status).toBe(1)
  expect(stderr).not.toContain('customer-4711')
  expect(JSON.parse(stderr)).toMatchObject({ level: 60, code: 'ENOTDIR' })
})
