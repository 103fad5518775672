import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { agent, createDoors, type Doors, workspacePath } from '../doors/doors.ts'
import type { EngineUnderTest } from '../engine/contract-pods.ts'
import { openDockerUnderTest } from '../engine/docker/docker-under-test.ts'
import { systemClock } from '../lib/clock.ts'
import { newSandboxId } from '../lib/ids.ts'
import { known } from '../secrets/testing/known.ts'
import { type Changes, createChanges } from './changes.ts'

const signal = () => AbortSignal.timeout(60_000)
const sandbox = newSandboxId()
const canary = 'planted-and-looked-for'
let docker: EngineUnderTest
let doors: Doors
let changes: Changes
let baseline: Buffer

beforeAll(async () => {
  docker = await openDockerUnderTest()
  const { engine } = docker
  doors = createDoors({
    ...{ engine, registered: known(), clock: systemClock },
    observer: { started: () => {}, ended: () => {} },
  })
  const workspaces = { baseline: () => Readable.from([baseline], { objectMode: false }) }
  const canaries = { look: () => (bytes: Uint8Array) => Buffer.from(bytes).includes(canary) }
  changes = createChanges({
    ...{ engine, clock: Date.now, commands: doors.commands, workspaces, canaries },
  })
  await engine.start(podOf(), signal())
})
afterAll(async () => {
  await doors?.[Symbol.asyncDispose]()
  await docker?.[Symbol.asyncDispose]()
})

const podOf = () => ({
  ...{ id: sandbox, kind: 'sandbox' as const, hosts: [] },
  deadline: new Date(Date.now() + 300_000),
  containers: [
    {
      ...{ name: 'workspace', image: 'stuntdouble/workspace', command: ['sleep', 'infinity'] },
      ...{ uid: 64_002, gid: 64_002, env: {}, workingDirectory: '/', mounts: [] },
      limits: { cpus: 1, memoryBytes: 2 ** 28, pids: 64, shmBytes: 2 ** 20 },
      tmpfs: [{ path: workspacePath, sizeBytes: 2 ** 27, inodes: 10_000, ...agent, mode: 0o755 }],
    },
  ],
})

async function inside(script: string): Promise<string> {
  const start = { command: ['bash', '-c', script], cwd: workspacePath, env: {} }
  const process = await doors.commands.start(sandbox, start, signal())
  process.stdin.end()
  const [out] = await Promise.all([text(process.stdout), text(process.stderr), process.exit])
  return out
}

/** What goes in, as our packer sends it; and the same inside. */
async function fill(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  const tar = pack()
  for (const [name, content] of Object.entries(files)) tar.entry({ name, mode: 0o644 }, content)
  tar.finalize()
  baseline = await buffer(tar as unknown as AsyncIterable<Buffer>)
  await inside('chmod -R u+rwx . ; find . -mindepth 1 -delete')
  const encoded = baseline.toString('base64')
  const start = { command: ['bash', '-c', 'base64 -d | tar -x'], cwd: workspacePath, env: {} }
  const process = await doors.commands.start(sandbox, start, signal())
  process.stdout.resume()
  process.stdin.end(encoded)
  expect(await process.exit).toBe(0)
}

beforeEach(() => fill({ 'a.txt': 'one\ntwo\n', 'd/b.txt': 'b\n', 'gone.txt': 'x\n' }))

const list = async () => changes.list(sandbox, signal())

test('nothing is told of a workspace that nobody touched', async () => {
  await inside('touch a.txt; mkdir empty')

  expect(await list()).toEqual({ sandbox, files: [], ignored: [], leftOut: [] })
})

test('what was added, modified, removed and made a program is told', async () => {
  await inside(
    'echo three >> a.txt; rm gone.txt; echo new > n; chmod +x d/b.txt; ln -s a.txt link; head -c 999 /dev/urandom > bin',
  )
  const { files } = await list()
  const told = files.map(({ path, status, newMode, additions, deletions }) =>
    [path, status, newMode, additions, deletions].join(' '),
  )

  expect(told).toEqual([
    'a.txt modified 100644 1 0',
    'bin added 100644  ',
    'd/b.txt modified 100755 0 0',
    'gone.txt deleted  0 1',
    'link added 120000 1 0',
    'n added 100644 1 0',
  ])
})

test('the patch makes the one of the other, byte by byte', async () => {
  const bytes = Buffer.from([0, 1, 2, 255, 254, 13, 10, 0])
  await fill({ 'a.txt': 'one\ntwo\n', bin: bytes, 'ü ö\n"q".txt': 'x' })
  await inside(
    `echo three >> a.txt; printf '\\0\\377' >> bin; printf y > $'\\303\\274 \\303\\266\\n"q".txt'; printf z > $'raw\\377'`,
  )
  const patch = await buffer(await changes.patch(sandbox, signal()))

  const directory = mkdtempSync(join(tmpdir(), 'changes-'))
  try {
    execFileSync('tar', ['-x', '-C', directory], { input: baseline })
    execFileSync('git', ['apply', '-'], { cwd: directory, input: patch })
    const read = (name: string | Buffer) =>
      readFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name)]))
    expect(read('a.txt').toString()).toBe('one\ntwo\nthree\n')
    expect(read('bin')).toEqual(Buffer.concat([bytes, Buffer.from([0, 255])]))
    expect(read('ü ö\n"q".txt').toString()).toBe('y')
    expect(read(Buffer.from('raw\xff', 'latin1')).toString()).toBe('z')
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('what the .gitignore that went in names is set aside; an agent’s own hides nothing', async () => {
  await fill({ '.gitignore': 'dist/\n*.log\n', 'kept.log': 'tracked all the same\n' })
  await inside(
    'mkdir -p dist/deep node_modules/x hidden; touch dist/deep/o node_modules/x/y s.log hidden/evil; echo more >> kept.log; echo "*" > hidden/.gitignore; echo "evil" >> .gitignore',
  )
  const { files, ignored } = await list()

  expect(files.map(({ path }) => path)).toEqual([
    '.gitignore',
    'hidden/.gitignore',
    'hidden/evil',
    'kept.log',
  ])
  expect(ignored).toEqual(['dist/', 'node_modules/', 's.log'])
})

test('what went in is compared although directories of its name are left alone otherwise', async () => {
  await fill({ 'Node_Modules/ours/a': 'vendored\n' })
  await inside('echo more >> Node_Modules/ours/a; mkdir -p node_modules/x; touch node_modules/x/y')
  const { files, ignored } = await list()

  expect(files.map(({ path, status }) => `${path} ${status}`)).toEqual([
    'Node_Modules/ours/a modified',
  ])
  expect(ignored).toEqual(['node_modules/'])
})

test('an agent’s .gitattributes change nothing of what a reviewer is shown', async () => {
  await inside('printf "* -diff -text filter=x diff=x\\n" > .gitattributes; echo three >> a.txt')

  expect(await text(await changes.patch(sandbox, signal()))).toContain('\n+three\n')
})

test('a repository made inside is no part of it, whatever its name’s case', async () => {
  await inside(
    'git init -q; mkdir -p sub/.GIT/hooks; touch sub/.GIT/hooks/post-checkout; mkdir GIT~1; touch GIT~1/config',
  )
  const { files, ignored, leftOut } = await list()

  expect(files).toEqual([])
  expect(ignored).toEqual(['.git/', 'sub/.GIT/'])
  expect(leftOut).toEqual([{ path: 'GIT~1/config', why: 'a repository’s own' }])
})

test('what is no file, or cannot be read, is named and not taken for removed', async () => {
  await inside('mkfifo pipe; chmod 0 a.txt')
  const { files, leftOut } = await list()

  expect(files).toEqual([])
  expect(leftOut).toEqual([
    { path: 'pipe', why: 'no file' },
    { path: 'a.txt', why: 'it could not be read' },
  ])
})

test('no pod is left of a comparison, nor of one that its asker left', async () => {
  const gone = new AbortController()
  const asked = changes.list(sandbox, gone.signal)
  setTimeout(() => gone.abort(), 100)

  await expect(asked).rejects.toThrow()
  await list()
  expect((await docker.engine.list(signal())).map(({ id }) => id)).toEqual([sandbox])
})

test.each(['loot.txt', 'loot.bin'])('a canary does not leave in a patch, as %s', async (name) => {
  await inside(`{ head -c 300 /dev/zero; echo ${canary}; } > ${name}`)
  const unguarded = { look: () => () => false }
  const { engine } = docker
  const workspaces = { baseline: () => Readable.from([baseline], { objectMode: false }) }
  const open = createChanges({
    ...{ engine, clock: Date.now, commands: doors.commands, workspaces, canaries: unguarded },
  })

  expect(await text(await open.patch(sandbox, signal()))).toContain(name)
  await expect(changes.patch(sandbox, signal())).rejects.toMatchObject({ code: 'policy_refused' })
})
