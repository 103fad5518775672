import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { FileChange } from '../wire/files.ts'
import type { Contract } from './contract.ts'

const bytesOf = async (stream: ReadableStream<Uint8Array>) =>
  new Uint8Array(await new Response(stream).arrayBuffer())

/** All that is told until these are among it. */
async function until(
  changes: AsyncIterable<FileChange>,
  wanted: readonly string[],
): Promise<string[]> {
  const told: string[] = []
  for await (const { type, path } of changes) {
    told.push(`${type} ${path}`)
    if (wanted.every((each) => told.includes(each))) break
  }
  return told
}

/** Files, in a sandbox that all of these tests share: each has a directory of its own. */
export function describeFiles({ open }: Contract): void {
  describe('files', () => {
    let box: Sandbox
    beforeAll(async () => {
      box = await open()
    })
    afterAll(() => box?.[Symbol.asyncDispose]())

    test('are read back byte for byte, with the directories above them made', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
      const path = '/workspace/bytes/deep/a.bin'

      expect(await box.files.write('bytes/deep/a.bin', bytes)).toEqual({ path, size: 256 })
      expect(await box.files.read(path)).toEqual(bytes)
    })

    test('are replaced by a later write', async () => {
      await box.files.write('again/x', 'a first text')
      await box.files.write('again/x', 'second')

      expect(await box.files.readText('again/x')).toBe('second')
    })

    test('have names that may mean something in a URL', async () => {
      await box.files.write('names/50% off? #1 ü.txt', 'text')

      expect(await box.files.readText('names/50% off? #1 ü.txt')).toBe('text')
      expect((await box.files.list('names')).map(({ name }) => name)).toEqual(['50% off? #1 ü.txt'])
    })

    test('are listed with their directories', async () => {
      await box.files.write('listed/b/c', 'c')
      await box.files.write('listed/a', 'four')
      const entries = await box.files.list('listed')

      expect(entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toMatchObject([
        { name: 'a', path: '/workspace/listed/a', type: 'file', size: 4 },
        { name: 'b', path: '/workspace/listed/b', type: 'directory' },
      ])
    })

    test('are anywhere that the agent may write', async () => {
      await box.files.write('../tmp/contract/x', 'x')

      expect(await box.files.readText('/tmp/contract/x')).toBe('x')
    })

    test('are watched: what changes in a directory is told, and below it where that is asked for', async () => {
      await box.files.write('watched/old', 'text')
      await box.files.makeDir('watched/deep')
      const here = await box.files.watch('watched')
      const below = await box.files.watch('watched', { recursive: true })
      await box.files.write('watched/deep/file', 'text')
      await box.files.write('watched/new', 'text')
      await box.files.remove('watched/old')

      const told = await until(here, [
        'create /workspace/watched/new',
        'remove /workspace/watched/old',
      ])
      expect(told).not.toContain('create /workspace/watched/deep/file')
      await until(below, ['create /workspace/watched/deep/file'])
    })

    test('are not watched where there is no directory', async () => {
      await expect(box.files.watch('nowhere')).rejects.toMatchObject({ code: 'file_not_found' })
    })

    test('are told from directories, and from nothing', async () => {
      await box.files.write('types/x', '')

      expect(await box.files.type('types/x')).toBe('file')
      expect(await box.files.type('types')).toBe('directory')
      expect(await box.files.type('types/x/y')).toBeUndefined()
      expect(await box.files.exists('types/nothing')).toBe(false)
      await expect(box.files.read('types')).rejects.toMatchObject({ code: 'usage' })
      await expect(box.files.list('types/x')).rejects.toMatchObject({ code: 'usage' })
    })

    test('are not written over a directory, nor below a file', async () => {
      await box.files.write('taken/d/x', 'x')

      await expect(box.files.write('taken/d', 'y')).rejects.toMatchObject({ code: 'forbidden' })
      await expect(box.files.write('taken/d/x/y', 'y')).rejects.toMatchObject({ code: 'forbidden' })
      expect(await box.files.readText('taken/d/x')).toBe('x')
    })

    test('are read in parts, as far as they go', async () => {
      await box.files.write('parts/x', '0123456789')
      const part = async (offset: number, length?: number) =>
        new TextDecoder().decode(
          await box.files.readPart(
            'parts/x',
            length === undefined ? { offset } : { offset, length },
          ),
        )

      expect([await part(2, 3), await part(8, 100), await part(7)]).toEqual(['234', '89', '789'])
      await expect(part(10, 1)).rejects.toMatchObject({ code: 'range_not_satisfiable' })
    })

    test('are told of by name, kind, size and who may use them', async () => {
      await box.files.write('told/x', 'four')

      expect(await box.files.getInfo('told/x')).toMatchObject({
        ...{ name: 'x', path: '/workspace/told/x', type: 'file', size: 4 },
        ...{ mode: 0o644, permissions: '-rw-r--r--', owner: 'agent', group: 'agent' },
      })
      expect(await box.files.getInfo('told')).toMatchObject({ name: 'told', type: 'directory' })
      await expect(box.files.getInfo('told/y')).rejects.toMatchObject({ code: 'file_not_found' })
    })

    test('have directories made, with those above, once', async () => {
      await box.files.write('made/file', '')

      expect(await box.files.makeDir('made/a/b')).toBe(true)
      expect(await box.files.makeDir('made/a')).toBe(false)
      expect((await box.files.getInfo('made/a/b')).type).toBe('directory')
      await expect(box.files.makeDir('made/file')).rejects.toMatchObject({ code: 'usage' })
    })

    test('are moved, over files and not over directories that hold something', async () => {
      await box.files.write('moved/from/x', 'x')
      await box.files.write('moved/taken', 'old')
      const { path } = await box.files.rename('moved/from', 'moved/deep/er/to')

      expect(path).toBe('/workspace/moved/deep/er/to')
      expect(await box.files.exists('moved/from')).toBe(false)
      await box.files.rename('moved/deep/er/to/x', 'moved/taken')
      expect(await box.files.readText('moved/taken')).toBe('x')
      await expect(box.files.rename('moved/taken', 'moved/deep')).rejects.toMatchObject({
        code: 'forbidden',
      })
      await expect(box.files.rename('moved/nothing', 'x')).rejects.toMatchObject({
        code: 'file_not_found',
      })
    })

    test.each(['tar', 'tar.gz'] as const)('come and go as one %s', async (format) => {
      const from = `packed-${format}/from`
      await box.files.write(`${from}/a`, 'a')
      await box.files.write(`${from}/deep/ü b`, 'b')
      const archive = await box.files.archive(from, { format })
      await box.files.write(`packed-${format}/to/a`, 'old')
      await box.files.write(`packed-${format}/to/other`, 'stays')
      const unpacked = await box.files.unpack(`packed-${format}/to`, await bytesOf(archive))

      expect(unpacked).toMatchObject({ path: `/workspace/packed-${format}/to`, bytes: 2 })
      const read = (name: string) => box.files.readText(`packed-${format}/to/${name}`)
      expect([await read('a'), await read('deep/ü b'), await read('other')]).toEqual([
        ...['a', 'b', 'stays'],
      ])
    })

    test('in an archive that leads out, or is none, are none of them taken', async () => {
      const tar = pack()
      tar.entry({ name: 'first' }, 'first')
      tar.entry({ name: '../../out' }, 'out')
      tar.finalize()
      const climbing = new Uint8Array(await buffer(tar as unknown as Readable))

      await expect(box.files.unpack('refused', climbing)).rejects.toMatchObject({
        code: 'policy_refused',
      })
      await expect(box.files.unpack('refused', 'x'.repeat(2000))).rejects.toMatchObject({
        code: 'usage',
      })
      expect(await box.files.exists('refused/first')).toBe(false)
      await expect(box.files.archive('packed-nothing')).rejects.toMatchObject({
        code: 'file_not_found',
      })
    })

    test('are removed, and directories with all they hold', async () => {
      await box.files.write('removed/deep/x', 'x')
      await box.files.write('removed/y', 'y')
      await box.files.remove('removed/deep/x')
      expect(await box.files.list('removed/deep')).toEqual([])
      await box.files.remove('removed')

      expect(await box.files.exists('removed/y')).toBe(false)
    })

    test('that are not there are told so', async () => {
      const notFound = { code: 'file_not_found' }

      await expect(box.files.read('nothing')).rejects.toMatchObject(notFound)
      await expect(box.files.list('nothing')).rejects.toMatchObject(notFound)
      await expect(box.files.remove('nothing')).rejects.toMatchObject(notFound)
    })
  })
}
