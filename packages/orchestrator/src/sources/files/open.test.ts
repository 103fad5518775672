import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { appendFile, chmod, link, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { contentOf, contentsOf, entryOf, plant } from './testing/tree.ts'

describe('a tree of files', () => {
  test('is read with what its files hold, hard links and programs among them', async () => {
    await using tree = await plant()
    await tree.put('a/b/1.txt', 'one')
    await tree.put('a/run.sh', 'echo')
    await tree.put('empty', '')
    await tree.put('large', 'x'.repeat(600_000))
    await chmod(join(tree.root, 'a/run.sh'), 0o755)
    await link(join(tree.root, 'a/b/1.txt'), join(tree.root, 'same'))
    await using source = await tree.open()

    expect(await contentsOf(source)).toEqual({
      ...{ 'a/b/1.txt': 'one', same: 'one', 'a/run.sh': 'echo', empty: '' },
      large: 'x'.repeat(600_000),
    })
    expect((await entryOf(source, 'a/run.sh')).type).toBe('program')
    expect((await entryOf(source, 'a/b/1.txt')).type).toBe('file')
  })

  test('tells what is no file by its type, and opens none of it', async () => {
    await using tree = await plant()
    execFileSync('mkfifo', [join(tree.root, 'pipe')])
    await symlink(tree.outside, join(tree.root, 'directory'))
    await symlink('/etc/passwd', join(tree.root, 'file'))
    await using source = await tree.open()

    expect(await contentsOf(source)).toEqual({
      ...{ pipe: 'pipe', directory: 'symbolic link', file: 'symbolic link' },
    })
  })

  test.each([
    [
      'a name that is no text',
      (root: string) => writeFile(notUtf8(root), 'x'),
      /\*\.png is not UTF-8/,
    ],
    ['more than it may hold', () => Promise.resolve(), /more than 2 files and directories/],
  ])('is refused for %s', async (_, spoil, message) => {
    await using tree = await plant()
    for (const name of ['1', '2', '3']) if (message.source.includes('2')) await tree.put(name, 'x')
    await spoil(tree.root)
    await using source = await tree.open({ bytes: 10, entries: 2 })

    await expect(contentsOf(source)).rejects.toMatchObject({
      ...{ code: 'source_refused', message: expect.stringMatching(message) },
    })
  })

  test('is not read beyond its limit, though it kept to it before', async () => {
    await using tree = await plant()
    for (const name of ['1', '2', '3']) await tree.put(name, 'xx')
    await using source = await tree.open({ bytes: 5, entries: 9 })

    await expect(contentsOf(source)).rejects.toThrow('more than the 5 bytes')
  })

  test('is refused where its path leads through a link, and where there is none', async () => {
    await using tree = await plant()
    await rename(tree.root, `${tree.root}-1`)
    await expect(tree.open()).rejects.toMatchObject({ code: 'source_unreachable' })
    await symlink(`${tree.root}-1`, tree.root)
    await expect(tree.open()).rejects.toMatchObject({ code: 'source_refused' })
  })

  test('is read up to where a file ended when it was listed, and one that shrank is refused', async () => {
    await using tree = await plant()
    await tree.put('log', 'one')
    await using source = await tree.open()
    const entry = await entryOf(source, 'log')

    await appendFile(join(tree.root, 'log'), ' and two')
    expect(await contentOf(source, entry)).toBe('one')
    await truncate(join(tree.root, 'log'), 1)
    await expect(contentOf(source, entry)).rejects.toThrow('became something else')
    await rm(join(tree.root, 'log'))
    expect(await contentOf(source, entry)).toBe('')
  })
})

describe('whoever may write to the tree', () => {
  const secret = 'of the host'

  test('cannot lead a reader out by a link in place of a directory or a file', async () => {
    await using tree = await plant()
    await tree.put('a/1.txt', 'inside')
    await tree.put('b.txt', 'inside')
    await writeFile(join(tree.outside, '1.txt'), secret)
    await using source = await tree.open()
    const [inDirectory, alone] = [await entryOf(source, 'a/1.txt'), await entryOf(source, 'b.txt')]
    await rename(join(tree.root, 'a'), join(tree.root, 'c'))
    await symlink(tree.outside, join(tree.root, 'a'))
    await rm(join(tree.root, 'b.txt'))
    await symlink(join(tree.outside, '1.txt'), join(tree.root, 'b.txt'))

    expect(readFileSync(join(tree.root, 'a/1.txt'), 'utf8')).toBe(secret)
    await expect(contentOf(source, inDirectory)).rejects.toThrow('became something else')
    await expect(contentOf(source, alone)).rejects.toThrow('became something else')
  })

  test('cannot put another tree in place of it', async () => {
    await using tree = await plant()
    await tree.put('1.txt', 'inside')
    await writeFile(join(tree.outside, '1.txt'), secret)
    await using source = await tree.open()
    await rename(tree.root, `${tree.root}-1`)
    await symlink(tree.outside, tree.root)

    expect(readFileSync(join(tree.root, '1.txt'), 'utf8')).toBe(secret)
    expect(await contentsOf(source)).toEqual({ '1.txt': 'inside' })
  })

  test('cannot win a race: one that a plain reader loses at once', async () => {
    await using tree = await plant()
    await tree.put('a/1.txt', 'inside')
    await writeFile(join(tree.outside, '1.txt'), secret)
    await symlink(tree.outside, join(tree.root, 'trap'))
    await using source = await tree.open()
    await using _ = swapping(tree.root)
    const plain = new Set<string>()
    const ours = new Set<string>()
    for (let turn = 0; turn < 100_000 && !(plain.has(secret) && turn > 500); turn++) {
      plain.add(attempt(() => readFileSync(join(tree.root, 'a/1.txt'), 'utf8')))
      const found = await contentsOf(source).catch(() => ({ failed: 'refused' }))
      for (const content of Object.values(found)) ours.add(content)
    }

    expect(plain).toContain(secret)
    expect(ours).toContain('inside')
    expect(ours).not.toContain(secret)
  })
})

const notUtf8 = (root: string) =>
  Buffer.concat([Buffer.from(`${root}/annegret`), Buffer.from([0xff]), Buffer.from('.png')])

function attempt(read: () => string): string {
  try {
    return read()
  } catch {
    return 'failed'
  }
}

/** Puts a link that leads out in place of a directory and back, as fast as it can, in another thread. */
function swapping(root: string): AsyncDisposable {
  const worker = new Worker(
    `const { renameSync } = require('node:fs')
     const { workerData: root } = require('node:worker_threads')
     for (;;) {
       renameSync(root + '/a', root + '/real'); renameSync(root + '/trap', root + '/a')
       renameSync(root + '/a', root + '/trap'); renameSync(root + '/real', root + '/a')
     }`,
    { eval: true, workerData: root },
  )
  return { [Symbol.asyncDispose]: async () => void (await worker.terminate()) }
}
