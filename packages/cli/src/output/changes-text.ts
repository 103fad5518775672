import type { ChangedFile, WorkspaceChanges } from '@stuntdouble/sdk/wire'
import { plural } from './amounts.ts'
import { printableName } from './printable.ts'

const marks = { added: 'A', modified: 'M', deleted: 'D' } as const

/** A line for each file, and one for all. */
export function statText({ files }: WorkspaceChanges): string {
  const names = files.map(({ path }) => printableName(path))
  const width = Math.max(0, ...names.map(({ length }) => length))
  const lines = files.map(
    (file, index) =>
      `${marks[file.status]}  ${(names[index] ?? '').padEnd(width)}  ${amount(file)}\n`,
  )
  const sum = (key: 'additions' | 'deletions') =>
    files.reduce((total, file) => total + (file[key] ?? 0), 0)
  const all = `${plural(files.length, 'file')} changed, +${sum('additions')} -${sum('deletions')}\n`
  return files.length === 0 ? 'Nothing was changed.\n' : `${lines.join('')}${all}`
}

function amount({ additions, deletions, oldMode, newMode }: ChangedFile): string {
  const lines = additions === null ? 'binary' : `+${additions} -${deletions ?? 0}`
  const turned = oldMode && newMode && oldMode !== newMode
  if (newMode === '120000') return `${lines}  a link`
  return turned
    ? `${lines}  ${newMode === '100755' ? 'now a program' : 'no program any more'}`
    : lines
}

/** What was not compared, for standard error; empty where all was. */
export function asideNotes({ ignored, leftOut }: WorkspaceChanges): string {
  const left = leftOut.map(({ path, why }) => `Left out ${printableName(path)}: ${why}.\n`)
  const shown = ignored.slice(0, 5).map(printableName).join(', ')
  const more = ignored.length > 5 ? ` and ${ignored.length - 5} more` : ''
  return `${left.join('')}${ignored.length > 0 ? `Not compared, as ignored: ${shown}${more}.\n` : ''}`
}
