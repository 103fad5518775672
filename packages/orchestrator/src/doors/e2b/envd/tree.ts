import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Tree as OwnTree } from '../../tree.ts'
import { type EntryInfo, entryInfo } from './entry.ts'

/** The names inside one sandbox, as envd tells them. */
export interface Tree {
  stat(path: string): Promise<EntryInfo>
  list(path: string, depth: number): Promise<EntryInfo[]>
  makeDirectory(path: string): Promise<EntryInfo>
  move(from: string, to: string): Promise<EntryInfo>
}

export const treeIn = (tree: OwnTree, sandbox: string, signal: AbortSignal): Tree => ({
  stat: async (path) => entryInfo(await tree.stat({ sandbox, path }, signal)),
  list: async (path, depth) => (await tree.list({ sandbox, path }, depth, signal)).map(entryInfo),
  async makeDirectory(path) {
    const { created, entry } = await tree.makeDirectory({ sandbox, path }, signal)
    if (!created) throw alreadyThere(path)
    return entryInfo(entry)
  },
  move: async (from, to) => entryInfo(await tree.move({ sandbox, path: from }, to, signal)),
})

const alreadyThere = (path: string) =>
  new SandboxError('conflict', `"${path}" is there already.`, {
    hint: 'Use it as it is.',
    details: { connectCode: 'already_exists' },
  })
