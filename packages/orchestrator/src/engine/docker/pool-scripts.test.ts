import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { measureScript } from './pool-scripts.ts'

const run = promisify(execFile)

/** A pool with one volume, in which programs of that name are these scripts. */
async function openPool(programs: Readonly<Record<string, string>> = {}) {
  await using scope = new AsyncDisposableStack()
  const root = await mkdtemp(join(tmpdir(), 'sd-pool-'))
  scope.defer(() => rm(root, { recursive: true, force: true }))
  await mkdir(join(root, 'bin'))
  await mkdir(join(root, 'volumes/one/data'), { recursive: true })
  await writeFile(join(root, 'volumes/one/data/file'), 'x'.repeat(8192))
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(root, 'bin', name), `#!/bin/sh\n${script}\n`)
    await chmod(join(root, 'bin', name), 0o755)
  }
  const env = { PATH: `${join(root, 'bin')}:/usr/local/bin:/usr/bin:/bin` }
  const parts = scope.move()
  return {
    async measure(): Promise<string> {
      const script = measureScript(['volumes/one', 'volumes/none'])
      return (await run('sh', ['-c', script], { cwd: root, env })).stdout
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

/** What `du` does when what it was given is renamed away as it begins. */
const failsAtFirst = `
count=$(cat walks 2>/dev/null || echo 0)
echo $((count + 1)) > walks
[ "$count" -ge 2 ] || exit 1
exec /usr/bin/du "$@"`

test('a volume is measured in bytes on disk and in inodes; one that is not there has no line', async () => {
  await using pool = await openPool()

  expect(await pool.measure()).toMatch(/^volumes\/one \d+ 2\n$/)
})

test('a directory that another one takes the place of is measured once more', async () => {
  await using pool = await openPool({ du: failsAtFirst })

  expect(await pool.measure()).toMatch(/^volumes\/one \d+ 2\n$/)
})

test('a walk that is out of time has no number, and is not begun again', async () => {
  await using pool = await openPool({ timeout: 'exit 124', sleep: 'exit 1' })

  expect(await pool.measure()).toBe('volumes/one - -\n')
})

test('one that fails each time has no number either', async () => {
  await using pool = await openPool({ du: 'exit 1', sleep: 'exit 0' })

  expect(await pool.measure()).toBe('volumes/one - -\n')
})
