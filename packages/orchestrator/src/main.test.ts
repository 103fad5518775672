import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const main = new URL('main.ts', import.meta.url).pathname

test('what nobody foresaw ends it with where it happened, and without the words of the error', () => {
  const { status, stderr } = spawnSync(process.execPath, [main], {
    encoding: 'utf8',
    env: { XDG_STATE_HOME: '/dev/null/customer-4711' },
  })

  expect(status).toBe(1)
  expect(stderr).not.toContain('customer-4711')
  expect(JSON.parse(stderr)).toMatchObject({ level: 60, code: 'ENOTDIR' })
})

test.each([
  ['one it could start on', { SHOP_URL: 'postgres://reader:pw@db/shop' }, 0, /^$/],
  [
    'one it could not',
    {},
    78,
    /stuntdouble\.yaml:4: sources\.shop\.url: .*SHOP_URL is not set\n.+\n/,
  ],
  ['an engine elsewhere', { SHOP_URL: 'postgres://db/shop', DOCKER_HOST: 'tcp://a' }, 78, /socket/],
])('a configuration is checked and nothing started: %s', (...[, env, code, words]) => {
  const directory = mkdtempSync(join(tmpdir(), 'main-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const config = join(directory, 'stuntdouble.yaml')
  const lines = ['sources:', '  shop:', '    kind: postgres', `    url: "\${env:SHOP_URL}"`]
  writeFileSync(config, [...lines, '    policy: ./masking.yaml', ''].join('\n'))
  const state = join(directory, 'state')
  const { status, stderr } = spawnSync(process.execPath, [main, '--config', config, '--check'], {
    encoding: 'utf8',
    env: { XDG_STATE_HOME: state, ...env },
  })

  expect(status).toBe(code)
  expect(stderr).toMatch(words)
  expect(existsSync(state)).toBe(false)
})
