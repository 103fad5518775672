import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type Header, pack } from 'tar-stream'
import { expect, test } from 'vitest'
import { fileChange } from './fast-import.ts'
import { treeEntries } from './tree-entries.ts'

function tarOf(
  entries: readonly (Partial<Header> & { readonly name: string; readonly content?: string })[],
): Readable {
  const tar = pack()
  for (const { content = '', ...header } of entries) tar.entry(header, content)
  tar.finalize()
  return Readable.from(tar as AsyncIterable<Buffer>, { objectMode: false })
}

async function read(tar: Readable): Promise<string[]> {
  const lines: string[] = []
  for await (const entry of treeEntries(tar)) {
    lines.push((await buffer(fileChange(entry))).toString('latin1'))
  }
  return lines
}

test('files, programs and links become changes of a tree', async () => {
  const tar = tarOf([
    { name: './a', mode: 0o644, content: 'one' },
    { name: 'd/run', mode: 0o4755, content: 'x' },
    { name: 'link', type: 'symlink', linkname: '../etc' },
    { name: 'd', type: 'directory' },
  ])

  expect(await read(tar)).toEqual([
    'M 100644 inline "a"\ndata 3\none\n',
    'M 100755 inline "d/run"\ndata 1\nx\n',
    'M 120000 inline "link"\ndata 6\n../etc\n',
  ])
})

test('a name can say nothing but a name', async () => {
  const name = 'a"\nM 100644 inline .git/config\ndata 1\nx'
  const [line = ''] = await read(tarOf([{ name, content: 'x' }]))

  expect(line.split('\n')).toHaveLength(4)
  expect(line).toContain('\\042\\012M\\040100644')
})

test.each([
  '../out',
  'd/../../out',
  '/etc/passwd',
  '.git/config',
  'sub/.GIT/hooks/x',
  'GIT~1/config',
  'd/.git./x',
  '.git:stream',
  '.g\u200cit/config',
])('%j is passed over', async (name) => {
  expect(
    await read(
      tarOf([
        { name, content: 'x' },
        { name: 'kept', content: 'k' },
      ]),
    ),
  ).toEqual(['M 100644 inline "kept"\ndata 1\nk\n'])
})

test.each(['fifo', 'character-device', 'link'] as const)('a %s is passed over', async (type) => {
  expect(await read(tarOf([{ name: 'x', type, linkname: 'y' }]))).toEqual([])
})

test('an archive that breaks off fails, and so does what is none', async () => {
  const whole = await buffer(tarOf([{ name: 'a', content: 'x'.repeat(2000) }]))

  await expect(read(Readable.from([whole.subarray(0, 1500)]))).rejects.toThrow()
  await expect(read(Readable.from([Buffer.alloc(2048, 7)]))).rejects.toThrow()
})
