import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DockerBuild, openDockerBuild } from '../testing/docker-build.ts'

const signal = AbortSignal.timeout(500_000)
const words = 'lorem ipsum '.repeat(30_000)
const person = 'annegret.musterfrau@corp-4711.de'

let docker: DockerBuild
let tree: string
beforeAll(async () => {
  docker = await openDockerBuild()
})
afterAll(() => docker?.[Symbol.asyncDispose]())
beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'uploads-'))
})
afterEach(() => rm(tree, { recursive: true, force: true }))

async function put(path: string, content: string | Buffer, mode = 0o600): Promise<void> {
  await mkdir(dirname(join(tree, path)), { recursive: true })
  await writeFile(join(tree, path), content, { mode })
}

const leftovers = async () => [
  ...(await docker.engine.list(signal)).map(({ id }) => id),
  ...(await docker.engine.volumes.list(signal)).map(({ name }) => name),
]

const snapshotsOf = (more: object = { policy: './masking.yaml' }) =>
  docker.snapshotsOf('', { kind: 'files', path: tree, ...more })

async function build(policy: string, more = {}) {
  await writeFile(docker.policyPath, policy)
  const snapshots = await snapshotsOf({ policy: './masking.yaml', ...more })
  const built = await snapshots.build('shop', () => {}, signal)
  const shown = snapshots.show(built.id)
  await snapshots.remove(built.id, signal)
  return shown
}

/** What a build says when it stops; nothing of it is left, and nobody is named. */
async function refusal(policy: string, more = {}): Promise<SandboxError> {
  const failure = await build(policy, more).catch((cause: unknown) => cause)
  expect(await leftovers()).toEqual([])
  if (!(failure instanceof SandboxError)) throw new Error('the build was not refused')
  expect(JSON.stringify([failure, failure.message, failure.hint])).not.toContain('musterfrau')
  return failure
}

describe('a snapshot of files', () => {
  test('counts what was copied and masked by pattern', async () => {
    await put(`avatars/${person}.png`, 'a picture of somebody')
    await put('avatars/tom@corp-4711.de.png', 'another')
    await put('notes/1.txt', `ask ${person} about it\n`)
    await put('tmp/x', 'gone')
    const built = await build(
      '"avatars/{email}.png": placeholder\n"notes/*.txt": text\n"tmp/**": drop\n',
    )

    expect(built).toMatchObject({ kind: 'files', version: 1, rows: 3, masked: 2 })
    expect(built.tablesDetail).toEqual([
      { table: 'avatars/{email}.png', rows: 2, maskedColumns: ['{email}'] },
      { table: 'notes/*.txt', rows: 1, maskedColumns: ['value'] },
    ])
  })

  test('is not begun while a file has no answer, and the error shows shapes alone', async () => {
    await put(`avatars/${person}.png`, 'x')
    await put(`avatars/annegret-musterfrau/${person}`, 'x')
    const failure = await refusal('"other/*": keep\n')

    expect(failure.code).toBe('policy_unanswered')
    expect(failure.message).toContain('files such as these:\n')
    expect(failure.message).toContain('  avatars/*.png (file, once)')
    expect(failure.message).toContain('  avatars/*/* (file, once)')
  })

  test('refuses what is no file unless it is dropped by its name', async () => {
    await put('a/1.txt', 'x')
    await symlink('/etc/passwd', join(tree, 'a/2.txt'))
    const failure = await refusal('"a/*.txt": keep\n')

    expect(failure.message).toContain(
      'a/*.txt: files of type symbolic link can only be answered with drop',
    )
    expect((await build('"a/2.txt": drop\n"a/*.txt": keep\n')).rows).toBe(1)
  })

  test.each([
    ['what a file holds', 'notes/1.md', `ask ${person}`],
    ['the name of a file', `notes/${person}.md`, 'x'],
    ['a file larger than a piece', 'notes/1.md', `${words}${person}${words}`],
  ])('is not sealed when somebody stands in %s that is kept', async (_, path, content) => {
    await put(path, content)
    const failure = await refusal('"notes/*.md": keep\n')

    expect(failure.code).toBe('snapshot_failed')
    expect(failure.message).toContain(
      `files."notes/*.md".${path.includes(person) ? 'name' : 'value'}`,
    )
  })

  test('is not sealed when a file that is kept holds a registered secret', async () => {
    const secret = 'Summer "22" in production, at length'
    await put('backups/1.json', JSON.stringify({ auth: btoa(`robot:${secret}`) }))
    const policy = '"backups/*.json": keep\n'
    // Nobody would know it for one.
    expect((await build(policy)).rows).toBe(1)

    const source = { kind: 'files', path: tree, policy: './masking.yaml' } as const
    const snapshots = await docker.snapshotsOf('', source, secret)
    await expect(snapshots.build('shop', () => {}, signal)).rejects.toMatchObject({
      code: 'secret_found',
      message: expect.stringContaining(
        'the registered secret "stripe", base64, stands in files."backups/*.json".value',
      ),
    })
    expect(await leftovers()).toEqual([])
  })

  test('is not sealed when what is masked in one file is kept in a picture', async () => {
    await put(`a/${person}.txt`, 'x')
    await put('films/1.bin', Buffer.alloc(3 * 1024 ** 2))
    await put('photos/1.png', Buffer.concat([Buffer.from([137, 80, 0, 1, 2]), Buffer.from(person)]))
    const failure = await refusal('"a/{email}.txt": empty\n"films/*": keep\n"photos/*.png": keep\n')

    expect(failure.message).toContain('in photos/*.png')
  })

  test('is not made when a masked path would lead anywhere else', async () => {
    await put('a/1.txt', 'x')
    expect((await refusal('"a/{url}.txt": keep\n')).message).toContain('when it is masked')
  })

  test('is refused before anything is made when it is too much', async () => {
    await put('a/1.bin', 'x'.repeat(5000))
    await put('a/2.bin', 'x'.repeat(5000))
    expect((await refusal('"a/*": keep\n', { maxSize: '8k' })).hint).toContain('maxSize')
    expect((await refusal('"a/*": keep\n', { maxEntries: 2 })).hint).toContain('maxEntries')
    expect((await build('"a/*": empty\n', { maxSize: '8k' })).rows).toBe(2)
  })

  test('is built by the policy that is proposed for it, as it is', async () => {
    for (let index = 0; index < 30; index++) {
      await put(`avatars/annegret.musterfrau${index}@corp.de.png`, 'x')
      await put(`invoices/2026/${1000 + index}.pdf`, 'x')
      await put(`exports/${index}.json`, JSON.stringify({ email: `a${index}@corp.de`, n: index }))
    }
    await put('robots.txt', 'Disallow: /\n')
    await writeFile(docker.policyPath, '')
    const snapshots = await snapshotsOf()
    await snapshots.review('shop', true, signal)
    const written = await readFile(docker.policyPath, 'utf8')

    expect(written).not.toContain('musterfrau')
    expect(written).toContain('"avatars/{email}.png": placeholder\n')
    expect(written).toContain('"invoices/*/*.pdf": placeholder\n')
    expect(written).toContain('"exports/*.json": { json: { "$.email": email')
    expect(written).toContain('"robots.txt": text\n')
    expect((await build(written)).rows).toBe(91)
  })

  test('is empty where that is its stance', async () => {
    await put('a/1.txt', person)
    const snapshots = await snapshotsOf({ stance: 'empty' })
    const built = await snapshots.build('shop', () => {}, signal)
    expect(built).toMatchObject({ rows: 0, sizeBytes: 0 })
    await snapshots.remove(built.id, signal)
  })
})
