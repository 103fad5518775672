import { type TableShape, tableKey } from '../masking/masking.ts'
import type { Source, Target } from '../sources/sources.ts'
import type { CopiedTable } from './copy-tables.ts'
import { inParallel } from './in-parallel.ts'

const atOnce = 2

export interface Compared {
  readonly source: Source
  readonly target: Target
  readonly copied: ReadonlyMap<TableShape, CopiedTable>
}

/** Counts every table on both sides, in the snapshot that was read. What differs, in words. */
export async function compareRows(compared: Compared, signal: AbortSignal): Promise<string[]> {
  const problems: string[] = []
  await inParallel([...compared.copied], atOnce, {
    signal,
    work: async ([table, { rows }], either) => {
      const there = await compared.source.count(table, either)
      const here = await compared.target.count(table, either)
      if (there === here && here === rows) return
      problems.push(
        `${tableKey(table)}: ${there} rows in the source, ${rows} copied, ${here} in the copy`,
      )
    },
  })
  return problems.sort()
}

/** Foreign keys that do not hold in the copy, though they do in the source. */
export async function compareForeignKeys(
  source: Source,
  target: Target,
  signal: AbortSignal,
): Promise<string[]> {
  const here = new Set(await target.unvalidatedForeignKeys(signal))
  const there = new Set(source.schema.unvalidatedForeignKeys)
  return [...here]
    .filter((name) => !there.has(name))
    .map((name) => `${name}: the foreign key is not validated`)
}

/** Columns whose first rows came out as they went in. */
export const unmaskedColumns = (copied: ReadonlyMap<TableShape, CopiedTable>) =>
  [...copied.values()].flatMap(({ unchanged }) =>
    unchanged.map((column) => `${column}: masked, and still as it was`),
  )
