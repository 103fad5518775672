import { type Samples, type TableShape, tableKey } from '../masking/masking.ts'

/** The first bytes tell what a long value is; the rest is not worth carrying. */
export const longestSampled = 500

/** One table after the other: `rowsOf` gives some rows of it, each in the order of its columns. */
export async function sampleTables(
  tables: readonly TableShape[],
  rowsOf: (table: TableShape) => Promise<readonly (readonly (string | null)[])[]>,
): Promise<Samples> {
  const samples = new Map<string, (string | null)[][]>()
  for (const table of tables) {
    const rows = await rowsOf(table)
    const columns = table.columns.map((_, at) => rows.map((row) => row[at] ?? null))
    samples.set(tableKey(table), columns)
  }
  return samples
}
