import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { EntrySource } from '../../sources.ts'
import { openSource } from '../open.ts'

/** A directory of its own, with another beside it that is none of a source’s business. Disposal removes both. */
export interface Tree extends AsyncDisposable {
  readonly root: string
  readonly outside: string
  /** Below `root`, with the directories it needs. */
  put(path: string, content: string): Promise<void>
  open(most?: { readonly bytes: number; readonly entries: number }): Promise<EntrySource>
}

const signal = new AbortController().signal

export async function plant(): Promise<Tree> {
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'files-'))
  const [root, outside] = [join(directory, 'root'), join(directory, 'outside')]
  for (const path of [root, outside]) await mkdir(path)
  return {
    ...{ root, outside },
    async put(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), content)
    },
    open: (most) => openSource({ name: 'uploads', url: root, ...(most && { most }) }, signal),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}

/** Path to content, or to the type of what is no file. */
export async function contentsOf(source: EntrySource): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for await (const entries of source.list(signal)) {
    for (const entry of entries) {
      const isFile = ['file', 'program'].includes(entry.type)
      found[`${entry.name}`] = isFile ? await contentOf(source, entry) : entry.type
    }
  }
  return found
}

type Listed = Parameters<EntrySource['read']>[0]

export async function contentOf(source: EntrySource, entry: Listed): Promise<string> {
  const values: Buffer[] = []
  for await (const parts of source.read(entry, signal)) values.push(...parts.map((p) => p.value))
  return Buffer.concat(values).toString()
}

export async function entryOf(source: EntrySource, name: string): Promise<Listed> {
  for await (const entries of source.list(signal)) {
    const found = entries.find((entry) => `${entry.name}` === name)
    if (found) return found
  }
  throw new Error(`${name} is not listed`)
}
