import { posix } from 'node:path'
import type { FileEntry } from '@stuntdouble/sdk/wire'

const types: Readonly<Record<string, FileEntry['type']>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
}

/** Entries of `find -printf '%y\t%s\t%T@\t%f\0'`, by name. A name may hold anything but NUL and slash. */
export function parseListing(directory: string, output: string): FileEntry[] {
  return output
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => parseEntry(directory, record))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function parseEntry(directory: string, record: string): FileEntry {
  const [type = '', size = '0', modified = '0', ...name] = record.split('\t')
  return {
    name: name.join('\t'),
    path: posix.join(directory, name.join('\t')),
    type: types[type] ?? 'other',
    size: Number(size),
    modifiedAt: new Date(Math.floor(Number(modified) * 1000)).toISOString(),
  }
}
