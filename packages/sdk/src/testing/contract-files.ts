import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Contract } from './contract.ts'

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
