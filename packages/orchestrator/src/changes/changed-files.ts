import { ChangedFile } from '@stuntdouble/sdk/wire'
import { shownPath } from './tree-entries.ts'

const statuses: Readonly<Record<string, ChangedFile['status']>> = { A: 'added', D: 'deleted' }
const absent = '000000'

/** What `git diff-tree -z --raw --numstat` says: first every file’s modes, then every file’s lines. */
export function parseChangedFiles(output: Buffer): ChangedFile[] {
  const fields = output.toString('latin1').split('\0')
  const files = new Map<string, ChangedFile>()
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at] ?? ''
    if (field.startsWith(':')) {
      at += 1
      const path = fields[at] ?? ''
      files.set(path, fileOf(field, path))
    } else if (field !== '') {
      countLines(files, field)
    }
  }
  return [...files.values()]
}

function fileOf(record: string, path: string): ChangedFile {
  const [oldMode = '', newMode = '', , , status = ''] = record.slice(1).split(' ')
  return ChangedFile.parse({
    path: shownPath(path),
    status: statuses[status] ?? 'modified',
    oldMode: oldMode === absent ? null : oldMode,
    newMode: newMode === absent ? null : newMode,
    additions: null,
    deletions: null,
  })
}

function countLines(files: Map<string, ChangedFile>, record: string): void {
  const [additions = '-', deletions = '-', ...rest] = record.split('\t')
  const path = rest.join('\t')
  const file = files.get(path)
  if (!file || additions === '-') return
  files.set(path, { ...file, additions: Number(additions), deletions: Number(deletions) })
}
