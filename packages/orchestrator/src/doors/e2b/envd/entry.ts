import type { Stat } from '../../stat.ts'

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

const types: Readonly<Record<Stat['type'], EntryInfo['type']>> = {
  file: 'FILE_TYPE_FILE',
  directory: 'FILE_TYPE_DIRECTORY',
  symlink: 'FILE_TYPE_UNSPECIFIED',
  other: 'FILE_TYPE_UNSPECIFIED',
}

export function entryInfo(stat: Stat): EntryInfo {
  const { name, path, size, mode, permissions, owner, group, modifiedAt, target } = stat
  return {
    ...{ name, path, size: String(size), mode, permissions, owner, group },
    type: types[stat.leadsTo],
    modifiedTime: modifiedAt,
    ...(target !== undefined && { symlinkTarget: target }),
  }
}
