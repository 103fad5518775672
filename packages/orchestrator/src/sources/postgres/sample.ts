import { type ColumnShape, type Samples, type TableShape, tableKey } from '../../masking/masking.ts'
import { quoteIdentifier, quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'

const longest = 500

/** The first bytes tell what a long value is; the rest is not worth carrying. */
const short = new Set<ColumnShape['category']>([
  'number',
  'boolean',
  'datetime',
  'network',
  'uuid',
  'enum',
])

export async function sampleTables(
  session: Session,
  tables: readonly TableShape[],
  limit: number,
): Promise<Samples> {
  const samples = new Map<string, (string | null)[][]>()
  for (const table of tables) samples.set(tableKey(table), await sampleTable(session, table, limit))
  return samples
}

async function sampleTable(
  session: Session,
  table: TableShape,
  limit: number,
): Promise<(string | null)[][]> {
  if (table.columns.length === 0) return []
  let rows = await select(session, table, `${spread(table, limit)} LIMIT ${limit}`)
  if (rows.length < limit / 2) rows = await select(session, table, `LIMIT ${limit}`)
  return table.columns.map((_, at) => rows.map((row) => row[at] ?? null))
}

/** Pages from all over a large table; a small one is read from its start. */
function spread({ estimatedRows }: TableShape, limit: number): string {
  const percent = (100 * limit * 10) / Math.max(estimatedRows, 1)
  return percent >= 50
    ? ''
    : `TABLESAMPLE SYSTEM (${Math.max(percent, 0.001).toFixed(4)}) REPEATABLE (1)`
}

async function select(session: Session, table: TableShape, rest: string) {
  const columns = table.columns.map(({ name, category }) => {
    const column = quoteIdentifier(name)
    return short.has(category) ? column : `left(${column}::text, ${longest})`
  })
  const result = await session.client.query<(string | null)[]>({
    text: `SELECT ${columns.join(', ')} FROM ONLY ${quoteTable(table)} ${rest}`,
    rowMode: 'array',
    types: { getTypeParser: () => (text: string) => text },
  })
  return result.rows
}
