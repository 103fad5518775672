import type { TableShape } from '../../masking/masking.ts'
import type { SchemaStatement, Target } from '../../sources/sources.ts'
import type { AnsweredColumn, LeakCheck } from './leaks.ts'
import { searchTable } from './search-copy.ts'
import { type Files, searchFiles } from './search-files.ts'
import { judge, judgeShapes, type Verdict } from './sightings.ts'

export type { AnsweredColumn } from './leaks.ts'
export { LeakCheck } from './leaks.ts'
export type { Verdict } from './sightings.ts'

export interface SearchedCopy {
  readonly target: Target
  readonly tables: readonly {
    readonly table: TableShape
    readonly columns: readonly AnsweredColumn[]
  }[]
  readonly statements: readonly SchemaStatement[]
  readonly files: Files
  readonly leaks: LeakCheck
  /** Objects and columns that a person has read and found harmless. */
  readonly accept: readonly string[]
}

/**
 * Looks for every collected value: first in the columns and definitions, which says where it
 * stands and sees through compression, then in the files, which hold what no query shows.
 */
export async function searchCopy(copy: SearchedCopy, signal: AbortSignal): Promise<Verdict> {
  for (const { table, columns } of copy.tables) {
    await searchTable(copy.target, { table, columns, leaks: copy.leaks }, signal)
  }
  for (const statement of copy.statements) copy.leaks.searchStatement(statement)
  await searchFiles(copy.files, copy.leaks, signal)
  const { sightings, shapes, sampledOneIn } = copy.leaks
  const known = judge(sightings, copy.accept)
  const strange = judgeShapes(shapes, copy.accept)
  return {
    leaks: [...known.leaks, ...strange.leaks],
    findings: [...known.findings, ...strange.findings, ...sampled(sampledOneIn)],
  }
}

function sampled(oneIn: number): Verdict['findings'] {
  if (oneIn === 1) return []
  const message = `there were too many masked values to look for all; one in ${oneIn} was`
  return [{ severity: 'warning', where: 'leak check', message }]
}
