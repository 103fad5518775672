import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../testing/temporary-directory.ts'
import { actingPaths } from './acting-paths.ts'
import { review } from './review.ts'

const identity = ['-c', 'user.name=Me', '-c', 'user.email=me@example.com']

/** A repository of a user’s, and patches of an agent’s. */
async function open(files: Readonly<Record<string, string>> = { 'a.txt': 'one\n' }) {
  const here = await temporaryDirectory(files)
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], { cwd: here.path, encoding: 'utf8', stdio: 'pipe' })
  git('init', '-q', '-b', 'main')
  git('add', '--force', '.')
  git('commit', '-q', '-m', 'first')
  return {
    ...{ path: here.path, git },
    /** What `change` does to the work tree, which is as before afterwards. */
    async patchOf(change: (root: string) => Promise<unknown>): Promise<string> {
      await change(here.path)
      git('add', '--all', '--force')
      const patch = git('diff', '--cached', '--binary', '--full-index', '--no-renames')
      git('reset', '-q', '--hard')
      return patch
    },
    async review(patch: string, directory = '.') {
      const file = join(here.path, '.git/the-patch')
      await writeFile(file, patch)
      return await review({ directory: join(here.path, directory), patch: file })
    },
    [Symbol.asyncDispose]: here[Symbol.asyncDispose],
  }
}

const add = (path: string, content: string, mode = '100644') =>
  [
    `diff --git a/${path} b/${path}`,
    `new file mode ${mode}`,
    '--- /dev/null',
    `+++ b/${path}`,
    '@@ -0,0 +1 @@',
    `+${content}`,
    mode === '120000' ? '\\ No newline at end of file\n' : '',
  ].join('\n')

test('a branch holds what the sandbox changed, and the work tree stays as it is', async () => {
  await using user = await open()
  const patch = await user.patchOf((root) =>
    Promise.all([writeFile(join(root, 'a.txt'), 'two\n'), writeFile(join(root, 'b.txt'), 'new\n')]),
  )
  await writeFile(join(user.path, 'a.txt'), 'not committed\n')
  await using reviewed = await user.review(patch)
  await reviewed.branch('stuntdouble/sb1', 'Changes')

  expect(reviewed.paths).toEqual(['a.txt', 'b.txt'])
  expect(user.git('diff', '--name-status', 'main', 'stuntdouble/sb1')).toBe('M\ta.txt\nA\tb.txt\n')
  expect(user.git('show', 'stuntdouble/sb1:a.txt')).toBe('two\n')
  expect(await readFile(join(user.path, 'a.txt'), 'utf8')).toBe('not committed\n')
  expect(user.git('log', '-1', '--format=%an', 'stuntdouble/sb1')).toBe('Stuntdouble\n')
  expect(user.git('fsck', '--strict')).toBe('')
})

test('what went in from a directory below comes back there', async () => {
  await using user = await open({ 'app/a.txt': 'one\n', 'a.txt': 'mine\n' })
  const patch = (
    await user.patchOf((root) => writeFile(join(root, 'app/a.txt'), 'two\n'))
  ).replaceAll('/app/', '/')
  await using reviewed = await user.review(patch, 'app')
  await reviewed.apply()

  expect(reviewed.paths).toEqual(['app/a.txt'])
  expect(await readFile(join(user.path, 'app/a.txt'), 'utf8')).toBe('two\n')
})

test('changes meet what was committed since, as a merge would', async () => {
  await using user = await open({ 'a.txt': '1\n2\n3\n4\n5\n6\n7\n8\n9\n' })
  const patch = await user.patchOf((root) =>
    writeFile(join(root, 'a.txt'), '1\n2\n3\n4\n5\n6\n7\n8\nnine\n'),
  )
  await writeFile(join(user.path, 'a.txt'), '0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n')
  user.git('commit', '-qam', 'meanwhile')
  await using reviewed = await user.review(patch)
  await reviewed.branch('back', 'Changes')

  expect(user.git('show', 'back:a.txt')).toBe('0\n1\n2\n3\n4\n5\n6\n7\n8\nnine\n')
})

test('a branch that is there is never moved, and a name that is none is refused', async () => {
  await using user = await open()
  user.git('branch', 'taken')
  await using reviewed = await user.review(add('b.txt', 'b'))

  await expect(reviewed.branch('taken', 'x')).rejects.toMatchObject({ code: 'conflict' })
  await expect(reviewed.branch('-D', 'x')).rejects.toMatchObject({ code: 'usage' })
  await expect(reviewed.branch('a..b', 'x')).rejects.toMatchObject({ code: 'usage' })
})

const modules = (setting: string) => add('.gitmodules', `[submodule "m"]\t${setting}`)

const hostile: readonly (readonly [what: string, patch: string])[] = [
  ['a hook', add('.git/hooks/post-checkout', 'touch pwned', '100755')],
  ['a repository’s configuration in capitals', add('.GIT/config', '[core] fsmonitor = x')],
  ['a repository by its short name', add('GIT~1/config', '[core] fsmonitor = x')],
  ['a repository with a dot that Windows drops', add('sub/.git./config', 'x')],
  ['a repository with a mark that macOS does not see', add('sub/.g\u200cit/config', 'x')],
  ['a path that climbs', add('../escaped', 'x')],
  ['a path that climbs on Windows', add('sub\\..\\..\\escaped', 'x')],
  ['an absolute path', add('/tmp/escaped', 'x')],
  ['a link that climbs', add('link', '../../etc/passwd', '120000')],
  ['a link to an absolute path', add('link', '/etc/passwd', '120000')],
  ['a link into the repository itself', add('link', '.git/config', '120000')],
  ['a submodule', add('m', 'Subproject commit 0123456789012345678901234567890123456789', '160000')],
  ['a submodule that runs a command', modules('url = ext::sh -c "touch pwned"')],
  ['a submodule whose URL is an option', modules('url = -oProxyCommand=touch')],
  ['a submodule of an ssh host that is an option', modules('url = ssh://-oProxyCommand=x/y')],
  ['a submodule that updates by a command', modules('update = !touch pwned')],
  ['a submodule in a place of its own choice', modules('path = ../out')],
  ['submodules behind a link', add('.gitmodules', 'a.txt', '120000')],
  [
    'a name that a terminal obeys',
    add('"\\033]52;c;aGk=\\007"', 'x')
      .replaceAll(/a\/"(.*?)"/g, '"a/$1"')
      .replaceAll(/b\/"(.*?)"/g, '"b/$1"'),
  ],
  ['a name that turns the reading order', add('a\u202etxt.exe', 'x')],
  ['a name that differs in case alone', add('A.TXT', 'x')],
]

test.each(hostile)('%s is refused, and nothing of it is left', async (_what, patch) => {
  await using user = await open()
  const before = await everythingIn(user.path)

  await expect(user.review(patch)).rejects.toMatchObject({ code: 'policy_refused' })
  expect(await everythingIn(user.path)).toEqual(before)
  expect(existsSync(join(dirname(user.path), 'escaped'))).toBe(false)
})

test('two directories that differ in case alone are refused', async () => {
  await using user = await open({ 'src/a': 'x\n' })

  await expect(user.review(add('SRC/b', 'x'))).rejects.toMatchObject({ code: 'policy_refused' })
})

test('a file behind a link that the same patch makes is not written through it', async () => {
  await using user = await open()
  const patch = add('out', '/tmp', '120000') + add('out/escaped', 'x')

  await expect(user.review(patch)).rejects.toMatchObject({ code: 'policy_refused' })
  expect(existsSync('/tmp/escaped')).toBe(false)
})

test('what does not fit is a conflict, and leaves the work tree and the index alone', async () => {
  await using user = await open()
  const patch = await user.patchOf((root) => writeFile(join(root, 'a.txt'), 'two\n'))
  await writeFile(join(user.path, 'a.txt'), 'else\n')
  user.git('commit', '-qam', 'meanwhile')
  const before = await everythingIn(user.path)

  await expect(user.review(patch)).rejects.toMatchObject({ code: 'conflict' })
  expect(await everythingIn(user.path)).toEqual(before)
  expect(user.git('status', '--porcelain')).toBe('')
})

test('outside a repository, or in one without a commit, that is said', async () => {
  await using here = await temporaryDirectory({ patch: add('b', 'x') })
  const outside = review({ directory: here.path, patch: join(here.path, 'patch') })

  await expect(outside).rejects.toMatchObject({ code: 'usage' })
})

test('a repository’s own hooks and monitors do not run for a pull', async () => {
  await using user = await open()
  const mark = join(user.path, '.git/ran')
  await mkdir(join(user.path, '.git/hooks'), { recursive: true })
  for (const hook of ['reference-transaction', 'post-index-change', 'post-commit']) {
    await writeFile(join(user.path, '.git/hooks', hook), `#!/bin/sh\ntouch ${mark}\n`, {
      mode: 0o755,
    })
  }
  user.git('config', 'core.fsmonitor', `touch ${mark} #`)
  await using reviewed = await user.review(add('b.txt', 'b'))
  await reviewed.branch('back', 'Changes')

  expect(existsSync(mark)).toBe(false)
})

test('a link that stays inside comes along', async () => {
  await using user = await open({ 'd/a': 'x\n' })
  const patch = await user.patchOf((root) => symlink('../d/a', join(root, 'd/link')))
  await using reviewed = await user.review(patch)

  expect(reviewed.paths).toEqual(['d/link'])
})

test('files that act by themselves are named', () => {
  const paths = [
    'src/a.ts',
    '.github/workflows/ci.yml',
    'sub/.gitattributes',
    '.VSCODE/tasks.json',
    'github/x',
  ]

  expect(actingPaths(paths)).toEqual(paths.slice(1, 4))
})

/** Every file but the patch itself, and what git keeps of its own accord. */
async function everythingIn(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true })
  return entries.filter((path) => path !== '.git/the-patch').sort()
}
