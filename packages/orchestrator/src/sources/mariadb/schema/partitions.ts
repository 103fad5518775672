import type { Catalog } from '../catalog.ts'
import { quoteIdentifier } from '../identifiers.ts'

interface PartitionRow {
  readonly table: string
  readonly name: string
  readonly method: string
  readonly expression: string | null
  readonly bound: string | null
  readonly sub: string | null
  readonly subMethod: string | null
  readonly subExpression: string | null
}

export async function readPartitions({ database, rows }: Catalog) {
  const partitions = await rows<PartitionRow>(
    `SELECT TABLE_NAME AS \`table\`, PARTITION_NAME AS name, PARTITION_METHOD AS method,
            PARTITION_EXPRESSION AS expression, PARTITION_DESCRIPTION AS bound,
            SUBPARTITION_NAME AS sub, SUBPARTITION_METHOD AS subMethod, SUBPARTITION_EXPRESSION AS subExpression
       FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = ? AND PARTITION_NAME IS NOT NULL
      ORDER BY TABLE_NAME, PARTITION_ORDINAL_POSITION, SUBPARTITION_ORDINAL_POSITION`,
    [database],
  )
  return Map.groupBy(partitions, ({ table }) => table)
}

const methods = /^(?:RANGE|LIST|RANGE COLUMNS|LIST COLUMNS|(?:LINEAR )?(?:HASH|KEY))$/

/** Without comments and without places on disk. Nothing for a table that has none. */
export function partitioning(rows: readonly PartitionRow[]): string {
  const [first] = rows
  if (first === undefined || !methods.test(first.method)) return ''
  const parts = [...Map.groupBy(rows, ({ name }) => name).values()].map(([part]) => part ?? first)
  const perPart = rows.length / parts.length
  const sub =
    first.subMethod !== null && methods.test(first.subMethod)
      ? ` SUBPARTITION BY ${first.subMethod} (${first.subExpression ?? ''}) SUBPARTITIONS ${perPart}`
      : ''
  const numbered = parts.every(({ name }, at) => name === `p${at}`)
  const list =
    numbered && /HASH|KEY/.test(first.method)
      ? `PARTITIONS ${parts.length}`
      : `(${parts.map(definition).join(', ')})`
  return ` PARTITION BY ${first.method} (${first.expression ?? ''})${sub} ${list}`
}

function definition({ name, method, bound }: PartitionRow): string {
  const values = method.startsWith('RANGE') ? lessThan(bound) : within(method, bound)
  return `PARTITION ${quoteIdentifier(name)}${values}`
}

const lessThan = (bound: string | null) =>
  ` VALUES LESS THAN ${bound === 'MAXVALUE' ? 'MAXVALUE' : `(${bound})`}`

function within(method: string, bound: string | null): string {
  if (!method.startsWith('LIST')) return ''
  return bound === null || bound === 'DEFAULT' ? ' DEFAULT' : ` VALUES IN (${bound})`
}
