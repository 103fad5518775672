import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { takeLockFile } from './lock-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'lock-'))
afterAll(() => rmSync(directory, { recursive: true }))

const holder = (path: string) => `
import { takeLockFile } from ${JSON.stringify(import.meta.resolve('./lock-file.ts'))}
globalThis.held = takeLockFile(${JSON.stringify(path)})
process.stdout.write('held')
setInterval(() => {}, 1000)`

test('one process has a lock, until it ends, however it ends', async () => {
  const path = join(directory, 'one.lock')
  const other = spawn(process.execPath, ['--input-type=module', '--eval', holder(path)])
  await once(other.stdout, 'data')
  expect(takeLockFile(path)).toBeUndefined()

  other.kill('SIGKILL')
  await once(other, 'exit')
  using lock = takeLockFile(path)
  expect(lock).toBeDefined()
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a lock that was given back can be taken again', () => {
  const path = join(directory, 'again.lock')
  const first = takeLockFile(path)
  expect(takeLockFile(path)).toBeUndefined()
  first?.[Symbol.dispose]()
  using second = takeLockFile(path)

  expect(second).toBeDefined()
})
