import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSecrets } from './testing/secrets-under-test.ts'

const token = `ghp_${'a1B2'.repeat(9)}`

/** A repository of one’s own, without anybody’s configuration. */
function openRepository() {
  const directory = mkdtempSync(join(tmpdir(), 'history-'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], {
      cwd: directory,
      env: { PATH: '/usr/bin:/bin', HOME: directory, GIT_CONFIG_NOSYSTEM: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString()
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  git('init', '-q')
  write('readme.md', 'hello\n')
  commit('first')
  function commit(message: string) {
    git('add', '-A')
    git('commit', '-q', '-m', message)
  }
  const files = () =>
    Object.fromEntries(
      globSync('{.git/**,*}', { cwd: directory })
        .filter((path) => statSync(join(directory, path)).isFile())
        .map((path) => [path, readFileSync(join(directory, path))]),
    )
  return {
    ...{ directory, git, write, commit, files },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  }
}

type Repository = ReturnType<typeof openRepository>

function commitAndRemove({ write, commit, git }: Repository) {
  write('config.ts', `one\nexport const key = '${token}'\n`)
  commit('add a key')
  git('rm', '-q', 'config.ts')
  commit('take it away')
}

const inHistory =
  /^\.git: config\.ts in commit [0-9a-f]{12} \(blob [0-9a-f]{12}\):2 looks like a secret \(github\)$/

test.each<[string, (repository: Repository) => void]>([
  ['loose', () => {}],
  ['packed', ({ git }) => git('gc', '-q', '--prune=now')],
  [
    'packed without an index',
    ({ git, directory }) => {
      git('gc', '-q', '--prune=now')
      for (const file of globSync('.git/objects/pack/*.idx', { cwd: directory }))
        rmSync(join(directory, file))
    },
  ],
  ['reachable by the reflog alone', ({ git }) => git('reset', '-q', '--hard', 'HEAD~2')],
])('a file that was committed and removed is found, %s', async (_how, then) => {
  using repository = openRepository()
  using under = openSecrets()
  commitAndRemove(repository)
  then(repository)

  expect(await under.found(repository.files())).toEqual([expect.stringMatching(inHistory)])
})

test('a stash that was dropped is found', async () => {
  using repository = openRepository()
  using under = openSecrets()
  repository.write('readme.md', `hello\n${token}\n`)
  repository.git('stash')
  repository.git('stash', 'drop')

  expect(await under.found(repository.files())).toEqual([
    expect.stringMatching(/^\.git: readme\.md in commit [0-9a-f]{12} .*:2 looks like/),
  ])
})

test('what was only ever added is found, without a commit to name', async () => {
  using repository = openRepository()
  using under = openSecrets()
  repository.write('draft.txt', token)
  repository.git('add', '-A')
  repository.git('reset', '-q', '--hard')

  expect(await under.found(repository.files())).toEqual([
    expect.stringMatching(/^\.git: blob [0-9a-f]{12}:1 looks like/),
  ])
})

test('a message of a commit and of a tag count', async () => {
  using repository = openRepository()
  using under = openSecrets()
  repository.write('a', 'b')
  repository.commit(`deploy with ${token}`)
  repository.git('tag', '-a', 'v1', '-m', token)

  const found = await under.found(repository.files())
  expect(found.filter((each) => /^\.git: (commit|tag) /.test(each))).toHaveLength(2)
})

test('a name that was ever committed counts', async () => {
  using repository = openRepository()
  using under = openSecrets()
  repository.write('.env', 'A=1')
  repository.commit('oops')
  repository.git('rm', '-q', '.env')
  repository.commit('gone')

  expect(await under.found(repository.files())).toEqual([
    expect.stringMatching(/^\.git: \.env in commit [0-9a-f]{12} .* a file of this name/),
  ])
})

test('nothing of a repository’s own is run or followed', async () => {
  using repository = openRepository()
  using under = openSecrets()
  const { directory, write, git, commit, files } = repository
  write('.gitattributes', '* diff=x filter=x')
  commit('attributes')
  const trap = (name: string) => `touch ${join(directory, `ran-${name}`)}; cat`
  for (const [name, value] of [
    ['core.fsmonitor', trap('fsmonitor')],
    ['core.hooksPath', directory],
    ['filter.x.clean', 'cat'],
    ['diff.x.textconv', trap('textconv')],
    ['core.pager', trap('pager')],
    ['uploadpack.packObjectsHook', trap('hook')],
  ])
    git('config', name ?? '', value ?? '')
  appendFileSync(join(directory, '.git/objects/info/alternates'), '/etc\n')

  expect(await under.found(files())).toEqual([])
  expect(globSync('ran-*', { cwd: directory })).toEqual([])
})

test('a history that is broken is refused', async () => {
  using repository = openRepository()
  using under = openSecrets()
  repository.git('gc', '-q', '--prune=now')
  const files = repository.files()
  const pack = Object.keys(files).find((path) => path.endsWith('.pack')) ?? ''
  files[pack]?.fill(7, 30, 60)

  expect(await under.found(files)).toEqual(['.git a history of git that cannot be read whole'])
})
