import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { extract } from 'tar-stream'
import { expect, test } from 'vitest'
import { packWorkspace } from './pack-workspace.ts'

async function project(files: Readonly<Record<string, string>>) {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'workspace-')))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  return {
    root,
    git: (...args: string[]) => execFileSync('git', args, { cwd: root, stdio: 'pipe' }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  }
}

/** Names and contents; a link as where it points. */
async function packed(directory: string) {
  const workspace = await packWorkspace(directory)
  const found: Record<string, string> = {}
  const tar = workspace.archive.pipe(extract())
  for await (const entry of tar) {
    const { name, type, linkname } = entry.header
    const content = await text(entry)
    found[name] = type === 'symlink' ? `-> ${linkname}` : content
  }
  return { ...workspace, found }
}

test('outside git, .gitignore files are honoured where they stand', async () => {
  await using here = await project({
    '.gitignore': 'dist/\n*.log\n!keep.log\n',
    'dist/out.js': '',
    'a.log': '',
    'keep.log': 'kept',
    'sub/.gitignore': '/local\n',
    'sub/local': '',
    'sub/deep/local': 'not at the top',
    'node_modules/x/index.js': '',
  })
  const { found } = await packed(here.root)
  expect(Object.keys(found).sort()).toEqual([
    '.gitignore',
    'keep.log',
    'sub/.gitignore',
    'sub/deep/local',
  ])
})

test('in git, tracked and new files go along, ignored and deleted ones do not', async () => {
  await using here = await project({
    '.gitignore': 'x\n',
    tracked: 't',
    deleted: 'd',
    x: 'ignored',
  })
  here.git('init', '-q')
  here.git('add', '.')
  await rm(join(here.root, 'deleted'))
  await writeFile(join(here.root, 'new'), 'n')
  const { found, entries } = await packed(here.root)
  expect(found).toEqual({ '.gitignore': 'x\n', tracked: 't', new: 'n' })
  expect(entries).toBe(3)
})

test.each([
  '.env',
  '.env.production',
  'deploy/.ENV',
  'certs/server.pem',
  'id_rsa',
  'id_ed25519.pub',
  '.aws/credentials',
  '.ssh/config',
  '.kube/config',
  '.npmrc',
  '.netrc',
  'infra/terraform.tfstate',
  'infra/terraform.tfstate.backup',
  'prod.tfvars',
  'stuntdouble.yaml',
])('%s stays behind although git tracks it, and is reported', async (secret) => {
  await using here = await project({ [secret]: 'hunter2', 'app.js': '', '.env.example': 'KEY=' })
  here.git('init', '-q')
  here.git('add', '--force', '.')
  const { found, leftOut } = await packed(here.root)
  expect(Object.keys(found).sort()).toEqual(['.env.example', 'app.js'])
  expect(leftOut).toEqual([secret])
})

test('a link is kept when it stays inside, and left out when it does not', async () => {
  await using here = await project({ 'sub/file': 'f' })
  await symlink('sub/file', join(here.root, 'inside'))
  await symlink('../../etc/passwd', join(here.root, 'sub/outside'))
  await symlink('/etc/passwd', join(here.root, 'absolute'))
  const { found, leftOut } = await packed(here.root)
  expect(found).toEqual({ 'sub/file': 'f', inside: '-> sub/file' })
  expect(leftOut).toEqual(['absolute', 'sub/outside'])
})

test('a tracked directory that became a link is not read through it', async () => {
  await using here = await project({ 'd/passwd': 'mine' })
  here.git('init', '-q')
  here.git('add', '.')
  await rm(join(here.root, 'd'), { recursive: true })
  await symlink('/etc', join(here.root, 'd'))
  const { found } = await packed(here.root)
  expect(found).toEqual({})
})

test('a socket is skipped', async () => {
  await using here = await project({ file: 'f' })
  const socket = createServer().listen(join(here.root, 'socket'))
  try {
    await once(socket, 'listening')
    expect((await packed(here.root)).found).toEqual({ file: 'f' })
  } finally {
    socket.close()
  }
})

test('a repository’s own configuration starts no program', async () => {
  await using here = await project({ file: 'f' })
  here.git('init', '-q')
  here.git('config', 'core.fsmonitor', `touch ${join(here.root, 'pwned')} #`)
  expect((await packed(here.root)).found).toEqual({ file: 'f' })
})

test('a workspace over the limit is refused before a byte is read', async () => {
  await using here = await project({ a: '1', 'b.bin': '12345' })
  await expect(packWorkspace(here.root, { bytes: 5, entries: 9 })).rejects.toMatchObject({
    code: 'workspace_too_large',
    hint: expect.stringContaining('b.bin'),
  })
  await expect(packWorkspace(here.root, { bytes: 99, entries: 1 })).rejects.toThrow('2 files')
})
