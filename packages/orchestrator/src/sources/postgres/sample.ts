import type { ColumnShape, Samples, TableShape } from '../../masking/masking.ts'
import { longestSampled, sampleTables as sampleEach } from '../sample-tables.ts'
import { quoteIdentifier, quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'

/** Of the others the first bytes do. */
const short = new Set<ColumnShape['category']>([
  'number',
  'boolean',
  'datetime',
  'network',
  'uuid',
  'enum',
])

export const sampleTables = (
  session: Session,
  tables: readonly TableShape[],
  limit: number,
): Promise<Samples> => sampleEach(tables, (table) => sampleTable(session, table, limit))

async function sampleTable(session: Session, table: TableShape, limit: number) {
  if (table.columns.length === 0) return []
  const rows = await select(session, table, `${spread(table, limit)} LIMIT ${limit}`)
  return rows.length < limit / 2 ? select(session, table, `LIMIT ${limit}`) : rows
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
    return short.has(category) ? column : `left(${column}::text, ${longestSampled})`
  })
  const result = await session.client.query<(string | null)[]>({
    text: `SELECT ${columns.join(', ')} FROM ONLY ${quoteTable(table)} ${rest}`,
    rowMode: 'array',
    types: { getTypeParser: () => (text: string) => text },
  })
  return result.rows
}
