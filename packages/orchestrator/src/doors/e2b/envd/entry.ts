import { posix } from 'node:path'

/** `filesystem.EntryInfo` in protobuf’s JSON. */
export interface EntryInfo {
  readonly name: string
  readonly type: 'FILE_TYPE_FILE' | 'FILE_TYPE_DIRECTORY' | 'FILE_TYPE_UNSPECIFIED'
  readonly path: string
  /** An int64, which JSON has as text. */
  readonly size: string
  readonly mode: number
  readonly permissions: string
  readonly owner: string
  readonly group: string
  readonly modifiedTime: string
  readonly symlinkTarget?: string
}

/** For `find -printf`: the fields, the path and the target of a link, each with a NUL behind it. */
export const entryFormat = '%Y\\t%s\\t%m\\t%M\\t%u\\t%g\\t%T@\\0%p\\0%l\\0'

const types = { f: 'FILE_TYPE_FILE', d: 'FILE_TYPE_DIRECTORY' } as const

/** What `find` printed, by path. */
export function parseEntries(output: string): EntryInfo[] {
  const words = output.split('\0')
  const entries: EntryInfo[] = []
  for (let at = 0; at + 2 < words.length; at += 3) {
    entries.push(entryOf(words[at] ?? '', words[at + 1] ?? '', words[at + 2] ?? ''))
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function entryOf(fields: string, path: string, target: string): EntryInfo {
  const [type = '', size = '0', mode = '0', permissions = '', owner = '', group = '', at = '0'] =
    fields.split('\t')
  return {
    ...{ name: posix.basename(path), path, permissions, owner, group, size },
    type: types[type as keyof typeof types] ?? 'FILE_TYPE_UNSPECIFIED',
    mode: Number.parseInt(mode, 8),
    modifiedTime: new Date(Math.floor(Number(at) * 1000)).toISOString(),
    ...(target !== '' && { symlinkTarget: target }),
  }
}
