import { posix } from 'node:path'
import type { FileEntry, FileInfo } from '@stuntdouble/sdk/wire'

export interface Stat extends FileInfo {
  /** What a link leads to; itself for all else. */
  readonly leadsTo: FileEntry['type']
}

/** For `find -printf`: the fields, the path and the target of a link, each with a NUL behind it. */
export const statFormat = '%y\\t%Y\\t%s\\t%m\\t%M\\t%u\\t%g\\t%T@\\0%p\\0%l\\0'

const types: Readonly<Record<string, FileEntry['type']>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
}

/** What `find` printed, by path. */
export function parseStats(output: string): Stat[] {
  const words = output.split('\0')
  const stats: Stat[] = []
  for (let at = 0; at + 2 < words.length; at += 3) {
    stats.push(statOf(words[at] ?? '', words[at + 1] ?? '', words[at + 2] ?? ''))
  }
  return stats.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function statOf(fields: string, path: string, target: string): Stat {
  const [type = '', leadsTo = '', size = '0', mode = '0', permissions = '', ...rest] =
    fields.split('\t')
  const [owner = '', group = '', modified = '0'] = rest
  return {
    ...{ name: posix.basename(path), path, permissions, owner, group },
    type: types[type] ?? 'other',
    leadsTo: types[leadsTo] ?? 'other',
    size: Number(size),
    mode: Number.parseInt(mode, 8),
    modifiedAt: new Date(Math.floor(Number(modified) * 1000)).toISOString(),
    ...(target !== '' && { target }),
  }
}
