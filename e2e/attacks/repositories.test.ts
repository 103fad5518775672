import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { disposeAll } from '../lib/dispose-all.ts'
import { type GitServer, openGitServer } from '../lib/git-server.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { file, HostileGit, type TreeItem } from './hostile-git.ts'
import { said } from './scene.ts'

let root: string
let server: GitServer
let stuntdouble: Stuntdouble
let git: HostileGit
let served = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'repositories-'))
  server = await openGitServer(join(root, 'served'))
  git = new HostileGit(root)
  const { host, port } = server
  const allow = [{ host, port, scheme: 'http', ports: [port], private: true }].map(
    ({ port: _port, ...rule }) => rule,
  )
  stuntdouble = await Stuntdouble.open({
    files: { 'stuntdouble.yaml': `egress: { allow: ${JSON.stringify(allow)} }\n` },
  })
})
afterAll(async () => {
  await disposeAll(stuntdouble, server)
  await rm(root, { recursive: true, force: true })
})
beforeEach(async () => {
  await rm(mark(), { force: true })
})

/** Made by whatever the attack makes run. */
const mark = () => join(root, 'pwned')

const blueprintOf = (url: string, more = {}) =>
  `ttl: 10m\nworkspace: ${JSON.stringify({ clone: { url, ...more } })}\nagentsMd: false\n`

async function up(url: string, more = {}) {
  await stuntdouble.write({ 'sandbox.yaml': blueprintOf(url, more) })
  return stuntdouble.run(['up', '--json'])
}

/** A sandbox with the repository’s files; ended with the scope. */
async function boxOf(url: string, more = {}): Promise<Sandbox> {
  const result = await up(url, more)
  expect(result.exitCode, result.stderr).toBe(0)
  return Sandbox.of(result.json(), await stuntdouble.control())
}

const listed = 'find . -mindepth 1 | sort'

describe('an honest repository', () => {
  test('comes as its files at the ref that was named, without a repository', async () => {
    const work = join(root, 'honest')
    await mkdir(work)
    git.run(work, ['init', '-q', '-b', 'main'])
    await writeFile(join(work, 'README.md'), 'first\n')
    await writeFile(join(work, '.env'), 'A=1\n')
    git.run(work, ['add', '-A'])
    git.run(work, ['commit', '-qm', 'first'])
    git.run(work, ['tag', 'v1'])
    await writeFile(join(work, 'README.md'), 'second\n')
    await symlink('README.md', join(work, 'link'))
    await writeFile(join(work, 'run'), '#!/bin/sh\n')
    await chmod(join(work, 'run'), 0o755)
    git.run(work, ['add', '-A'])
    git.run(work, ['commit', '-qm', 'second'])
    git.run(root, ['clone', '-q', '--bare', work, join(root, 'served/honest')])
    const id = git.run(work, ['rev-parse', 'v1'])

    await using box = await boxOf(server.url('honest'))
    expect(await said(box, listed)).toBe('./README.md\n./link\n./run\n')
    expect(await said(box, 'cat link; test -x run && echo program')).toBe('second\nprogram\n')
    expect((await box.changes()).files).toEqual([])
    await using old = await boxOf(server.url('honest'), { ref: 'v1' })
    expect(await said(old, `${listed}; cat README.md`)).toBe('./README.md\nfirst\n')
    await using exact = await boxOf(server.url('honest'), { ref: id })
    expect(await said(exact, 'cat README.md')).toBe('first\n')
    expect(await up(server.url('honest'), { ref: 'absent' })).toMatchObject({ exitCode: 2 })
    expect(await up(server.url('nowhere'))).toMatchObject({ exitCode: 1 })
  })
})

describe('a hostile repository', () => {
  test('names a submodule that runs a command: nothing runs', async () => {
    const evil = `ext::sh -c touch% ${mark()}`
    const items = [
      file('.gitmodules', `[submodule "m"]\n\tpath = m\n\turl = ${evil}\n`),
      { mode: '160000', path: 'm', content: '0123456789012345678901234567890123456789' },
    ]
    const url = await serve('submodule', items)
    await git.unguarded(url, [
      '-c',
      'protocol.ext.allow=always',
      'clone',
      '-q',
      '--recurse-submodules',
    ])
    expect(existsSync(mark())).toBe(true)

    await refusedOrHarmless(url)
  })

  test('reads a file of the machine by a submodule of the local protocol: nothing is read', async () => {
    const secret = join(root, 'secret')
    await mkdir(secret)
    git.run(secret, ['init', '-q', '-b', 'main'])
    await writeFile(join(secret, 'loot'), 'production\n')
    git.run(secret, ['add', '.'])
    git.run(secret, ['commit', '-qm', 'secret'])
    const head = git.run(secret, ['rev-parse', 'HEAD'])
    const items = [
      file('.gitmodules', `[submodule "m"]\n\tpath = m\n\turl = file://${secret}\n`),
      { mode: '160000', path: 'm', content: head },
    ]
    const url = await serve('local', items)
    const copy = await git.unguarded(url, ['clone', '-q', '--recurse-submodules'])
    expect(existsSync(join(copy, 'm/loot'))).toBe(true)

    await using box = await boxOf(url)
    expect(await said(box, 'find . -name loot; ls m')).toBe('')
  })

  test('carries filters for which a machine has programs: none runs', async () => {
    const url = await serve('filter', [
      file('.gitattributes', '* filter=lfs\n'),
      file('.lfsconfig', '[lfs]\n\turl = http://evil.example\n'),
      file('data', 'version https://git-lfs.github.com/spec/v1\n'),
    ])
    const smudge = `filter.lfs.smudge=touch ${mark()}; cat`
    await git.unguarded(url, ['-c', smudge, 'clone', '-q'])
    expect(existsSync(mark())).toBe(true)

    await using box = await boxOf(url)
    expect(await said(box, 'cat data')).toContain('git-lfs')
  })

  test.each([
    ['a hook below a .git of another case', '.GIT/hooks/post-checkout'],
    ['a hook below the short name of .git', 'GIT~1/hooks/post-checkout'],
    ['a hook below a .git with a mark that is not seen', '.g\u200cit/hooks/post-checkout'],
    ['a repository within', 'sub/.git/config'],
  ])('brings %s: it does not come in', async (_what, path) => {
    const name = `dotgit-${served++}`
    const url = await serve(name, [file(path, '#!/bin/sh\n', '100755'), file('a', 'a')])
    expect(existsSync(join(await git.unpacked(name), path))).toBe(true)

    await refusedOrHarmless(url)
  })

  test('has paths that climb, and links that lead out: they do not come in', async () => {
    const url = await serve('climbs', [file('..', 'x', '100644'), file('a', 'a')])
    expect(await up(url)).toMatchObject({ exitCode: 5 })
    const links = await serve('links', [
      file('out', '/etc/passwd', '120000'),
      file('up', '../../etc/passwd', '120000'),
      file('.gitmodules', '/etc/passwd', '120000'),
    ])
    const copy = await git.unguarded(
      await serve('links2', [file('out', '/etc/passwd', '120000')]),
      ['clone', '-q'],
    )
    expect(existsSync(join(copy, 'out'))).toBe(true)
    expect(await up(links)).toMatchObject({ exitCode: 5 })

    await using box = await boxOf(server.url('links2'))
    expect(await said(box, listed)).toBe('')
  })

  test('leads its reader to another host: nothing goes there', async () => {
    const other = await openGitServer(join(root, 'served'))
    await using _other = other
    const url = `http://${server.host}:${server.port}/redirect`
    await serve('redirect', [file('a', 'a')])
    const alternates = join(root, 'served/redirect/objects/info/http-alternates')
    await writeFile(alternates, `${other.url('honest')}/objects\n`)

    await using box = await boxOf(url)
    expect(await said(box, 'cat a')).toBe('a')
    expect(other.heard()).toEqual([])
  })

  test('is too large: it fills a bounded place, and says so', async () => {
    const bare = join(root, 'served/bomb')
    await mkdir(bare)
    git.run(bare, ['init', '-q', '--bare', '-b', 'main'])
    const zeros = Buffer.alloc(64 * 1024 ** 2)
    const env = { PATH: '/usr/bin:/bin', HOME: root }
    const options = { cwd: bare, env, input: zeros, encoding: 'utf8' } as const
    const id = execFileSync('git', ['hash-object', '-w', '--stdin'], options).trim()
    const names = [...Array(30).keys()].map((n) => `100644 blob ${id}\tzeros-${n}`).join('\n')
    const commit = git.run(bare, ['commit-tree', git.run(bare, ['mktree'], names), '-m', 'bomb'])
    git.run(bare, ['update-ref', 'refs/heads/main', commit])

    const { exitCode, stderr } = await up(server.url('bomb'))
    expect(exitCode).toBe(1)
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
      code: 'workspace_too_large',
    })
  })
})

test.each([
  'ext::sh -c id',
  'file:///etc',
  '/etc',
  'ssh://git@example.com/x',
  'git@example.com:x',
  '--upload-pack=touch',
  'https://user:password@example.com/x',
  'https://example.com/x?token=abc',
  'http://-oProxyCommand=x/y',
])('%s is no address to clone from', async (url) => {
  const { exitCode, stderr } = await up(url)

  expect(exitCode).toBe(2)
  expect(stderr).toContain('sandbox.yaml')
})

test('a host that the operator does not allow is refused before anything is made, by line', async () => {
  const { exitCode, stderr } = await up('https://example.com/x')

  expect(exitCode).toBe(5)
  expect(stderr).toContain('sandbox.yaml:2')
  expect(await stuntdouble.json(['ls'])).toEqual({ sandboxes: [] })
})

/** Serves a repository whose only commit holds this; its address. */
async function serve(name: string, items: readonly TreeItem[]): Promise<string> {
  await git.commit(name, items)
  return server.url(name)
}

/** Either way of being safe will do: git tells some of these by itself. */
async function refusedOrHarmless(url: string): Promise<void> {
  await rm(mark(), { force: true })
  const result = await up(url)
  if (result.exitCode !== 0) expect(result.exitCode, result.stderr).toBe(5)
  else {
    await using box = Sandbox.of(result.json(), await stuntdouble.control())
    expect(await said(box, 'find . -iname "*git*" -not -name .gitmodules')).toBe('')
  }
  expect(existsSync(mark())).toBe(false)
  expect(await stuntdouble.json(['ls'])).toEqual({ sandboxes: [] })
  expect(dirname(mark())).toBe(root)
}
