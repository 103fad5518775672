import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { extract, type Header, pack } from 'tar-stream'
import { expect, test } from 'vitest'
import { known } from '../../secrets/testing/known.ts'
import { judged } from './judged.ts'

const secret = 'Winter is coming, twice'
const limits = { entries: 100, bytes: 2 ** 24 }

type Headers = Partial<Header> & Pick<Header, 'name'>

async function tarOf(entries: readonly (Headers & { readonly content?: string | Buffer })[]) {
  const tar = pack()
  for (const { content = '', ...header } of entries) tar.entry(header, content)
  tar.finalize()
  return await buffer(tar as unknown as Readable)
}

/** In pieces of an odd size, as a network brings them. */
function* cutUp(bytes: Buffer, size = 1013) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const judge = (archive: Buffer, own = limits) =>
  judged(Readable.from(cutUp(archive)), known({ stripe: secret }), own)

async function namesIn(tar: AsyncIterable<Buffer>): Promise<Record<string, string>> {
  const source = extract()
  Readable.from(tar).pipe(source as unknown as NodeJS.WritableStream)
  const found: Record<string, string> = {}
  for await (const entry of source) {
    const { name, mode, linkname } = entry.header
    const text = await buffer(entry as unknown as Readable)
    found[name] = linkname ?? `${mode?.toString(8)} ${text}`
  }
  return found
}

test.each([
  ['as it is', (tar: Buffer) => tar],
  ['with gzip', (tar: Buffer) => gzipSync(tar)],
])('plain files, directories and inner links go on, %s', async (_, wrap) => {
  const archive = await tarOf([
    { name: './d/', type: 'directory' },
    { name: 'd/program', mode: 0o4755, uid: 0, uname: 'root', content: 'x' },
    { name: 'd/link', type: 'symlink', linkname: '../other' },
    { name: `${'long/'.repeat(60)}name`, content: 'y' },
  ])
  const { tar, facts } = judge(wrap(archive))

  expect(await namesIn(tar)).toEqual({
    ...{ 'd/': '755 ', 'd/program': '755 x', 'd/link': '../other' },
    [`${'long/'.repeat(60)}name`]: '644 y',
  })
  expect(facts).toEqual({ entries: 4, bytes: 2 })
})

test.each<[string, Headers]>([
  ['a path that leads out', { name: '../x' }],
  ['a path that leads out', { name: 'a/../../x' }],
  ['a path that leads out', { name: '/etc/passwd' }],
  ['a link that leads out', { name: 'a', type: 'symlink', linkname: '/etc' }],
  ['a link that leads out', { name: 'a/b', type: 'symlink', linkname: '../../x' }],
  ['a link, which is not unpacked', { name: 'a', type: 'link', linkname: 'b' }],
  ['a character-device', { name: 'a', type: 'character-device', devmajor: 1, devminor: 3 }],
  ['a block-device', { name: 'a', type: 'block-device', devmajor: 8, devminor: 0 }],
  ['a fifo', { name: 'a', type: 'fifo' }],
])('%s is refused', async (why, header) => {
  const { tar } = judge(await tarOf([{ name: 'first', content: 'x' }, header]))

  await expect(buffer(Readable.from(tar))).rejects.toMatchObject({
    ...{ code: 'policy_refused', message: expect.stringContaining(why) },
  })
})

test('a registered secret in a file is refused, wherever its bytes are cut', async () => {
  const content = `${'x'.repeat(70_000)}${secret}`
  const { tar } = judge(await tarOf([{ name: 'a', content }]))

  await expect(buffer(Readable.from(tar))).rejects.toMatchObject({ code: 'secret_found' })
})

test('what unfolds without end is read as far as its bound, and no further', async () => {
  const bomb = gzipSync(await tarOf([{ name: 'a', content: Buffer.alloc(2 ** 25) }]))
  expect(bomb.length).toBeLessThan(2 ** 16)
  const { tar, facts } = judge(bomb)

  await expect(buffer(Readable.from(tar))).rejects.toMatchObject({ code: 'workspace_too_large' })
  expect(facts.bytes).toBeLessThanOrEqual(limits.bytes)
})

test('more entries than are taken are refused', async () => {
  const { tar } = judge(await tarOf(Array.from({ length: 101 }, (_, at) => ({ name: `${at}` }))))

  await expect(buffer(Readable.from(tar))).rejects.toMatchObject({ code: 'workspace_too_large' })
})

test('a header that is longer than any name is not held', async () => {
  const pax = { comment: 'x'.repeat(2 ** 23) }
  const { tar } = judge(await tarOf([{ name: 'a', pax, content: 'x' } as Headers]))

  await expect(buffer(Readable.from(tar))).rejects.toMatchObject({ code: 'usage' })
})

test.each([
  ['random bytes', randomBytes(5000)],
  ['gzip of what is none', gzipSync(randomBytes(5000))],
  ['gzip that breaks off', gzipSync(randomBytes(5000)).subarray(0, 300)],
])('%s is no archive', async (_, bytes) => {
  await expect(buffer(Readable.from(judge(bytes).tar))).rejects.toMatchObject({ code: 'usage' })
})

test('an archive that breaks off is none', async () => {
  const whole = await tarOf([{ name: 'a', content: 'x'.repeat(5000) }])
  const { tar } = judge(whole.subarray(0, 3000))

  await expect(buffer(Readable.from(tar))).rejects.toMatchObject({ code: 'usage' })
})
