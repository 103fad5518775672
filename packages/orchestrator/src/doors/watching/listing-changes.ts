import type { FileChange } from '@stuntdouble/sdk/wire'

/** What `find` says of one entry, as far as changes are seen by it. */
export interface Seen {
  readonly type: string
  readonly inode: string
  readonly size: string
  readonly modified: string
  readonly mode: string
}

export type Listing = ReadonlyMap<string, Seen>

export interface Change {
  /** Relative to the directory that is watched. */
  readonly name: string
  readonly type: FileChange['type']
}

/** For `find -printf`. */
export const seenFormat = '%y\\t%i\\t%s\\t%T@\\t%m\\t%P\\0'

/** Half an upload of ours stands under such a name, or below it, until all of it is there. */
const partial = /(?:^|\/)\.upload-[\w-]{43}(?:\/|$)/

export function parseListing(output: string): Listing {
  const listing = new Map<string, Seen>()
  for (const record of output.split('\0')) {
    const [type = '', inode = '', size = '', modified = '', mode = '', ...name] = record.split('\t')
    const path = name.join('\t')
    if (path !== '' && !partial.test(path)) listing.set(path, { type, inode, size, modified, mode })
  }
  return listing
}

/** What must have happened between two looks, told as inotify would have. */
export function changesBetween(before: Listing, after: Listing): Change[] {
  const appeared = [...after].filter(([name]) => !before.has(name))
  const moved = new Set(appeared.map(([, { inode }]) => inode))
  const gone = [...before].filter(([name]) => !after.has(name))
  return [
    ...gone.map(([name, { inode }]) => change(name, moved.has(inode) ? 'rename' : 'remove')),
    ...appeared.flatMap(([name, entry]) => appearance(name, entry, gone)),
    ...[...after].flatMap(([name, entry]) => difference(name, before.get(name), entry)),
  ]
}

function appearance(name: string, entry: Seen, gone: readonly [string, Seen][]): Change[] {
  const wasMoved = gone.some(([, { inode }]) => inode === entry.inode)
  const hasContent = entry.type === 'f' && entry.size !== '0' && !wasMoved
  return [change(name, 'create'), ...(hasContent ? [change(name, 'write')] : [])]
}

function difference(name: string, before: Seen | undefined, after: Seen): Change[] {
  if (before === undefined) return []
  const written =
    after.type === 'f' &&
    (['inode', 'size', 'modified'] as const).some((key) => before[key] !== after[key])
  return [
    ...(written ? [change(name, 'write')] : []),
    ...(before.mode === after.mode ? [] : [change(name, 'chmod')]),
  ]
}

const change = (name: string, type: FileChange['type']): Change => ({ name, type })
