import { answeringTable, type TableShape, tableKey } from '../masking/masking.ts'
import type { Source, Target } from '../sources/sources.ts'
import type { CopiedTable } from './copy-tables.ts'
import { inParallel } from './in-parallel.ts'

const atOnce = 2

export interface Compared {
  readonly source: Source
  readonly target: Target
  readonly copied: ReadonlyMap<TableShape, CopiedTable>
}

/**
 * Counts every table on both sides, in the snapshot that was read. Partitions of one table are counted
 * together: a masked key may take a row into another. What differs, in words.
 */
export async function compareRows(compared: Compared, signal: AbortSignal): Promise<string[]> {
  const counted = new Map<string, Counts>()
  await inParallel([...compared.copied], atOnce, {
    signal,
    work: async ([table, { rows }], either) => {
      const there = await compared.source.count(table, either)
      const here = await compared.target.count(table, either)
      const label = tableKey(answeringTable(table))
      const { there: others, here: already, copied } = counted.get(label) ?? nothing
      const sum = { there: others + there, here: already + here, copied: copied + rows }
      counted.set(label, sum)
    },
  })
  return [...counted]
    .filter(([, { there, here, copied }]) => there !== here || here !== copied)
    .map(([label, count]) => described(label, count))
    .sort()
}

interface Counts {
  readonly there: number
  readonly here: number
  readonly copied: number
}

const nothing: Counts = { there: 0, here: 0, copied: 0 }

const described = (label: string, { there, here, copied }: Counts) =>
  `${label}: ${there} rows in the source, ${copied} copied, ${here} in the copy`

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
