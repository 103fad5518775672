import type { TableShape } from '../shapes.ts'
import { tableKey } from './names.ts'

/** The key of masking.yaml it stands under: no table’s key is without a dot. */
export const pinKey = 'schema'

/** The columns and types that a policy was reviewed for: `schema.table` → column → type. */
export type Pin = Readonly<Record<string, Readonly<Record<string, string>>>>

export function pinOf(shapes: readonly TableShape[]): Pin {
  return Object.fromEntries(
    shapes.map((table) => [
      tableKey(table),
      Object.fromEntries(table.columns.map(({ name, type }) => [name, type])),
    ]),
  )
}

/** What changed in the source since, in words. New columns are told by having no answer. */
export function changesSince(pin: Pin, shapes: readonly TableShape[]): readonly string[] {
  const now = pinOf(shapes)
  return Object.entries(pin).flatMap(([table, columns]) => {
    const present = now[table]
    if (present === undefined) return [`${table} is gone`]
    return Object.entries(columns).flatMap(([column, type]) => {
      const current = Object.hasOwn(present, column) ? present[column] : undefined
      if (current === type) return []
      const change = current === undefined ? 'is gone' : `was ${type} and is ${current}`
      return [`${table}.${column} ${change}`]
    })
  })
}
