import { execFileSync } from 'node:child_process'
import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

const patch = `diff --git a/new.txt b/new.txt
new file mode 100644
--- /dev/null
+++ b/new.txt
@@ -0,0 +1 @@
+made inside
`

async function open(offered = patch) {
  const orchestrator = await startFakeOrchestrator()
  const here = await temporaryDirectory({ 'a.txt': 'one\n' })
  const { id } = orchestrator.state.create(CreateSandboxRequest.parse({})).view
  orchestrator.state.patch = Buffer.from(offered)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Me', '-c', 'user.email=m@e.x', ...args], {
      ...{ cwd: here.path, encoding: 'utf8' },
    })
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-qm', 'first')
  const env = { STUNTDOUBLE_URL: orchestrator.url, STUNTDOUBLE_API_KEY: orchestrator.apiKey }
  return {
    ...{ id, git, path: here.path },
    pull: (...args: string[]) =>
      new Cli(undefined, { env, cwd: here.path }).run('pull', id, ...args),
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]()
      await orchestrator[Symbol.asyncDispose]()
    },
  }
}

test('what was changed becomes a branch of its sandbox’s name', async () => {
  await using user = await open()
  const { code, stdout } = await user.pull()

  expect(code).toBe(0)
  expect(stdout).toContain(`1 file on the branch stuntdouble/${user.id}`)
  expect(user.git('show', `stuntdouble/${user.id}:new.txt`)).toBe('made inside\n')
  expect(await readdir(user.path)).toEqual(['.git', 'a.txt'])
  expect(await user.pull()).toMatchObject({ code: 1, stdout: '' })
  expect(await user.pull('--branch', 'mine', '--json')).toMatchObject({ code: 0 })
})

test('the files here are changed when that is asked for', async () => {
  await using user = await open()

  expect(await user.pull('--apply')).toMatchObject({ code: 0 })
  expect(await readFile(join(user.path, 'new.txt'), 'utf8')).toBe('made inside\n')
})

test('a patch file is whole, private, and written over nothing', async () => {
  await using user = await open()

  expect(await user.pull('--patch', 'work.patch')).toMatchObject({ code: 0 })
  expect(await readFile(join(user.path, 'work.patch'), 'utf8')).toBe(patch)
  expect(await user.pull('--patch', 'a.txt')).toMatchObject({ code: 1 })
  expect(await readFile(join(user.path, 'a.txt'), 'utf8')).toBe('one\n')
  expect((await readdir(user.path)).toSorted()).toEqual(['.git', 'a.txt', 'work.patch'])
})

test('a refusal ends with 5, names the file safely, and leaves nothing', async () => {
  await using user = await open(patch.replaceAll('new.txt', '.git/hooks/x'))
  const { code, stdout, stderr } = await user.pull()

  expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
  expect(stderr).toContain('.git/hooks/x')
  expect(user.git('branch')).toBe('* main\n')
  await expect(access(join(user.path, '.git/hooks/x'))).rejects.toThrow()
})

test('a sandbox in which nothing was changed gives nothing', async () => {
  await using user = await open('')

  expect(await user.pull()).toMatchObject({ code: 0, stdout: 'Nothing was changed.\n' })
  expect(await user.pull('--apply', '--patch', 'x')).toMatchObject({ code: 2 })
})
