import type { FileEntry } from '../wire/door.ts'
import type { FileInfo } from '../wire/files.ts'

const owned = { owner: 'agent', group: 'agent' }

export const fileInfo = (entry: FileEntry): FileInfo => ({
  ...{ ...entry, ...owned, mode: 0o644, permissions: '-rw-r--r--' },
})

export const directoryInfo = (entry: FileEntry): FileInfo => ({
  ...{ ...entry, ...owned, mode: 0o755, permissions: 'drwxr-xr-x' },
})
