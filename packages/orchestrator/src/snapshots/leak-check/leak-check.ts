import type { SchemaStatement } from '../../sources/sources.ts'
import { inParallel } from '../in-parallel.ts'
import type { LeakCheck } from './leaks.ts'
import { type SearchedTable, type Searching, searchTable } from './search-copy.ts'
import { type Files, searchFiles } from './search-files.ts'
import { judge, judgeShapes, type Verdict } from './sightings.ts'

export { type AnsweredColumn, Collector } from './collector.ts'
export { LeakCheck } from './leaks.ts'
export type { Searching } from './search-copy.ts'
export { searchFiles } from './search-files.ts'
export type { Verdict } from './sightings.ts'

export interface SearchedCopy extends Searching {
  readonly tables: readonly SearchedTable[]
  readonly statements: readonly SchemaStatement[]
  readonly files: Files
  /** Objects and columns that a person has read and found harmless. */
  readonly accept: readonly string[]
}

/** Tables read back at a time: more than one, for a server's process is the slower end. */
const atOnce = 2

/**
 * Looks for every collected value: first in the columns and definitions, which says where it
 * stands and sees through compression, then in the files, which hold what no query shows.
 */
export async function searchCopy(copy: SearchedCopy, signal: AbortSignal): Promise<Verdict> {
  await inParallel(copy.tables, atOnce, {
    signal,
    work: (table, either) => searchTable(copy, table, either),
  })
  for (const statement of copy.statements) copy.leaks.searchStatement(statement)
  await searchFiles(copy.files, copy, signal)
  return verdictOf(copy.leaks, copy.accept)
}

/** What was seen, judged. */
export function verdictOf(
  { sightings, shapes, sampledOneIn }: LeakCheck,
  accept: readonly string[],
): Verdict {
  const known = judge(sightings, accept)
  const strange = judgeShapes(shapes, accept)
  return {
    secrets: known.secrets,
    leaks: [...known.leaks, ...strange.leaks],
    findings: [...known.findings, ...strange.findings, ...sampled(sampledOneIn)],
  }
}

function sampled(oneIn: number): Verdict['findings'] {
  if (oneIn === 1) return []
  const message = `there were too many masked values to look for all; one in ${oneIn} was`
  return [{ severity: 'warning', where: 'leak check', message }]
}
