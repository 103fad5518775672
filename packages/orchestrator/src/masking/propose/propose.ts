import { elementsOf } from '../copy-text/array-literal.ts'
import { tableKey } from '../policy/names.ts'
import { answeringTable, answeringTables } from '../policy/partitions.ts'
import type { ColumnShape, ProposedAnswer, Samples, TableShape } from '../shapes.ts'
import { guessColumn } from './guess-column.ts'
import { unify } from './unify.ts'

/**
 * An answer for every column that is copied, the safer one where unsure: by type, by name, by what the
 * sample looks like, and by the foreign keys that join columns. No reason holds a value.
 */
export function proposePolicy(
  shapes: readonly TableShape[],
  samples: Samples,
): readonly ProposedAnswer[] {
  const tables = answeringTables(shapes)
  const answers = tables.flatMap((table) => {
    const sampled = sampleOf(table, shapes, samples)
    return table.columns.flatMap((column, index): ProposedAnswer[] => {
      if (column.generated) return []
      const values = valuesOf(column, sampled?.[index] ?? [])
      const guess = guessColumn({ table, column, values })
      return [{ table: { schema: table.schema, name: table.name }, column: column.name, ...guess }]
    })
  })
  return unify(tables, answers)
}

/** A partition may order its columns in its own way. */
function sampleOf(table: TableShape, shapes: readonly TableShape[], samples: Samples) {
  const own = samples.get(tableKey(table)) ?? samples.get(`${table.schema}.${table.name}`)
  if (own) return own
  const parts = shapes.filter((part) => tableKey(answeringTable(part)) === tableKey(table))
  return table.columns.map(({ name }) =>
    parts.flatMap((part) => {
      const index = part.columns.findIndex((column) => column.name === name)
      return samples.get(tableKey(part))?.[index] ?? []
    }),
  )
}

function valuesOf(column: ColumnShape, sampled: readonly (string | null)[]): readonly string[] {
  const values = sampled.filter((value) => value !== null)
  const parts = column.category === 'array' ? values.flatMap(elementsOf) : values
  return parts.filter((value) => value.trim() !== '')
}
