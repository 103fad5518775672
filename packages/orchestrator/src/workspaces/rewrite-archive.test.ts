import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { extract, type Header, pack } from 'tar-stream'
import { expect, test } from 'vitest'
import { rewritten } from './rewrite-archive.ts'

async function rewrite(
  entries: readonly (Partial<Header> & { readonly name: string; readonly content?: string })[],
) {
  const tar = pack()
  for (const { content = '', ...header } of entries) tar.entry(header, content)
  tar.finalize()
  const leftOut: string[] = []
  const source = Readable.from(tar as AsyncIterable<Buffer>, { objectMode: false })
  const anew = Readable.from(
    rewritten(source, (path) => leftOut.push(path)),
    { objectMode: false },
  )
  const kept: string[] = []
  for await (const entry of anew.pipe(extract())) {
    const { name, type, mode = 0, uid } = entry.header
    kept.push(`${name} ${type} ${mode.toString(8)} ${uid} ${await text(entry)}`)
  }
  return { kept, leftOut }
}

test('files, directories and inner links are written anew, with modes of ours', async () => {
  const { kept, leftOut } = await rewrite([
    { name: './', type: 'directory' },
    { name: './d/', type: 'directory', mode: 0o777 },
    { name: './d/run', mode: 0o6755, uid: 7, content: 'x' },
    { name: './a', mode: 0o666, content: 'one' },
    { name: './d/link', type: 'symlink', linkname: '../a' },
  ])

  expect(kept).toEqual([
    'd directory 755 0 ',
    'd/run file 755 0 x',
    'a file 644 0 one',
    'd/link symlink 644 0 ',
  ])
  expect(leftOut).toEqual([])
})

test('what leads out, is a repository’s, holds secrets or is no file is left out and told', async () => {
  const entries = [
    { name: '../up', content: 'x' },
    { name: '/etc/x', content: 'x' },
    { name: 'out', type: 'symlink', linkname: '/etc' },
    { name: 'd/up', type: 'symlink', linkname: '../../etc' },
    { name: 'sub/.GIT/config', content: 'x' },
    { name: '.env', content: 'x' },
    { name: 'pipe', type: 'fifo' },
    { name: 'hard', type: 'link', linkname: 'a' },
  ] as const

  expect(await rewrite(entries)).toEqual({ kept: [], leftOut: entries.map(({ name }) => name) })
})
