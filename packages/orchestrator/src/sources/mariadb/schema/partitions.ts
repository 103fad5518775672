import { quoteIdentifier } from '../identifiers.ts'
import type { PartitionRow } from '../partition-keys.ts'

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
  return bound === null ? ' DEFAULT' : ` VALUES IN (${bound})`
}
