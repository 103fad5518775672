import { elementsOf } from '../copy-text/array-literal.ts'
import { tableKey } from '../policy/names.ts'
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
  const answers = shapes.flatMap((table) => {
    const sampled = samples.get(tableKey(table)) ?? samples.get(`${table.schema}.${table.name}`)
    return table.columns.flatMap((column, index): ProposedAnswer[] => {
      if (column.generated) return []
      const values = valuesOf(column, sampled?.[index] ?? [])
      const guess = guessColumn({ table, column, values })
      return [{ table: { schema: table.schema, name: table.name }, column: column.name, ...guess }]
    })
  })
  return unify(shapes, answers)
}

function valuesOf(column: ColumnShape, sampled: readonly (string | null)[]): readonly string[] {
  const values = sampled.filter((value) => value !== null)
  const parts = column.category === 'array' ? values.flatMap(elementsOf) : values
  return parts.filter((value) => value.trim() !== '')
}
