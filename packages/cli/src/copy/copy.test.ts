import { access, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest, type FileEntry } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

async function open(files: Readonly<Record<string, string>> = {}) {
  const orchestrator = await startFakeOrchestrator()
  const here = await temporaryDirectory(files)
  const { view, handover } = orchestrator.state.create(CreateSandboxRequest.parse({}))
  const { files: inside } = await Sandbox.connect(handover)
  const env = { STUNTDOUBLE_URL: orchestrator.url, STUNTDOUBLE_API_KEY: orchestrator.apiKey }
  return {
    here: here.path,
    inside,
    state: orchestrator.state,
    cp: (from: string, to: string) => {
      const named = (path: string) => path.replace(/^box:/, `${view.id}:`)
      return new Cli(undefined, { env, cwd: here.path }).run('cp', named(from), named(to))
    },
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]()
      await orchestrator[Symbol.asyncDispose]()
    },
  }
}

test('a file goes in under a name of its own, or into a directory', async () => {
  await using box = await open({ a: 'content' })
  expect(await box.cp('a', 'box:/workspace/b')).toMatchObject({ code: 0 })
  await box.cp('a', 'box:')
  await box.cp('a', 'box:new/')
  expect(await box.inside.readText('b')).toBe('content')
  expect(await box.inside.readText('a')).toBe('content')
  expect(await box.inside.readText('new/a')).toBe('content')
})

test('a directory goes in and comes out whole; links stay behind and are named', async () => {
  await using box = await open({ 'd/a': '1', 'd/e/b': '2' })
  await symlink('/etc/passwd', join(box.here, 'd/link'))
  const { stdout, stderr } = await box.cp('d', 'box:/workspace/copy')
  expect(stdout).toBe('2 files copied, 2 B.\n')
  expect(stderr).toMatch(/Left out .*d\/link: a link/)
  await box.cp('box:copy', 'back')
  expect(await readFile(join(box.here, 'back/a'), 'utf8')).toBe('1')
  expect(await readFile(join(box.here, 'back/e/b'), 'utf8')).toBe('2')
})

test('a file comes out into a directory that exists', async () => {
  await using box = await open({ 'd/x': '' })
  await box.inside.write('out.txt', 'from inside')
  await box.cp('box:out.txt', 'd')
  expect(await readFile(join(box.here, 'd/out.txt'), 'utf8')).toBe('from inside')
})

test('what is not there ends with 3 on either side', async () => {
  await using box = await open()
  expect(await box.cp('absent', 'box:')).toMatchObject({ code: 3 })
  expect(await box.cp('box:absent', '.')).toMatchObject({ code: 3 })
})

const entry = (name: string, type: FileEntry['type'] = 'file'): FileEntry => ({
  name,
  type,
  path: `/workspace/d/${name}`,
  size: 1,
  modifiedAt: '2026-01-01T00:00:00Z',
})

test.each(['../escaped', '/etc/cron.d/x', '..', '.', '', 'a/b', 'a\\b', 'nul\0byte'])(
  'a sandbox that names a file %j is refused, and nothing is written outside',
  async (name) => {
    await using box = await open({ 'into/keep': '' })
    box.state.claims.set('/workspace/d', [entry(name)])
    const { code } = await box.cp('box:d', 'into')
    expect(code).toBe(5)
    await expect(access(join(box.here, 'into/escaped'))).rejects.toThrow()
  },
)

test('a link or a repository that a sandbox offers is left there', async () => {
  await using box = await open()
  await box.inside.write('d/kept', 'k')
  box.state.claims.set('/workspace/d', [
    entry('link', 'symlink'),
    entry('.GIT', 'directory'),
    entry('git~1', 'directory'),
    entry('pipe', 'other'),
    entry('kept'),
  ])
  const { stdout, stderr } = await box.cp('box:d', 'copy')
  expect(stdout).toContain('1 file copied')
  expect(stderr.match(/Left out/g)).toHaveLength(4)
})

test('a refusal in the middle leaves nothing of what came before it', async () => {
  await using box = await open({ 'kept/a': 'mine' })
  await box.inside.write('d/a', 'theirs')
  box.state.claims.set('/workspace/d', [entry('a'), entry('../escaped')])

  expect(await box.cp('box:d', 'copy')).toMatchObject({ code: 5 })
  expect(await readdir(box.here)).toEqual(['kept'])
})

test('what is here already is joined, file by file, and a directory is not put over a file', async () => {
  await using box = await open({ 'd/a': 'mine', 'd/b': 'mine' })
  await box.inside.write('d/a', 'theirs')
  await box.inside.write('e/b/c', 'theirs')
  await box.cp('box:d', '.')
  expect(await readFile(join(box.here, 'd/a'), 'utf8')).toBe('theirs')
  expect(await readFile(join(box.here, 'd/b'), 'utf8')).toBe('mine')
  expect(await box.cp('box:e/b', 'd')).toMatchObject({ code: 1 })
  expect((await readdir(box.here)).concat(await readdir(join(box.here, 'd')))).toEqual([
    'd',
    'a',
    'b',
  ])
})

test('of two names that differ in case alone the first comes out', async () => {
  await using box = await open()
  await box.inside.write('d/Run', '1')
  await box.inside.write('d/run', '2')
  const { stderr } = await box.cp('box:d', 'copy')

  expect(stderr).toContain('in case alone')
  expect(await readdir(join(box.here, 'copy'))).toHaveLength(1)
})

test('a directory that contains itself comes to an end', async () => {
  await using box = await open()
  let path = '/workspace/d'
  for (let depth = 0; depth < 80; depth += 1) {
    box.state.claims.set(path, [entry('d', 'directory')])
    path += '/d'
  }
  expect(await box.cp('box:d', 'copy')).toMatchObject({ code: 5 })
})

test('control characters in a name do not reach the terminal', async () => {
  await using box = await open()
  box.state.claims.set('/workspace/d', [entry('\u001b]52;c;cHduZWQ=\u0007', 'symlink')])
  const { stderr } = await box.cp('box:d', 'copy')
  expect(stderr).toContain('\\u{1b}]52')
  expect(stderr).not.toContain('\u001b')
})
