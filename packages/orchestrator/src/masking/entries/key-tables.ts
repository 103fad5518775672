import type { ColumnShape, Strategy, StrategyName, TableShape } from '../shapes.ts'
import type { EntryPolicy, KeyAnswer } from './entry-policy.ts'
import type { NameStyle } from './name-style.ts'
import { maskedParts } from './pattern.ts'

/** A pattern as the rest knows a table: what is kept and masked of its keys. */
export interface KeyTable {
  readonly shape: TableShape
  readonly columns: readonly { readonly shape: ColumnShape; readonly strategy: Strategy }[]
}

/** The columns of a pattern: `name` as it is in the copy, its masked parts, and what its keys hold. */
export function keyTables(
  policy: EntryPolicy<KeyAnswer>,
  called: NameStyle['called'] = 'keys',
): readonly KeyTable[] {
  return policy.map(({ pattern, answer }) => {
    const columns = [
      column('name', { name: 'keep' }),
      ...[...new Set(maskedParts(pattern))].map((name) => column(maskedColumn(name), { name })),
      ...valueColumns(answer),
    ]
    const shape = { ...emptyTable, schema: called, name: pattern.text }
    return { shape: { ...shape, columns: columns.map((each) => each.shape) }, columns }
  })
}

function valueColumns(answer: KeyAnswer) {
  if (answer.do === 'drop' || answer.do === 'instead') return []
  if (answer.do === 'values') return [column('value', answer.strategy)]
  const masked = new Set(answer.fields.flatMap(({ pattern }) => maskedParts(pattern)))
  return [
    column('field', { name: 'keep' }),
    ...[...masked].map((name) => column(`field ${maskedColumn(name)}`, { name })),
    ...answer.fields.flatMap(({ pattern, answer: strategy }) =>
      strategy === 'drop' ? [] : [column(fieldColumn(pattern.text), strategy)],
    ),
  ]
}

const emptyTable = { uniques: [], foreignKeys: [], estimatedRows: 0 }

const column = (name: string, strategy: Strategy) => ({
  shape: textColumn(name, strategy),
  strategy,
})

export const textColumn = (name: string, { name: strategy }: Strategy): ColumnShape => ({
  name,
  type: 'text',
  baseType: 'text',
  category: strategy === 'json' ? 'json' : 'string',
  notNull: true,
  maxLength: null,
  generated: false,
})

export const maskedColumn = (strategy: StrategyName | null) => `{${strategy}}`
export const fieldColumn = (pattern: string) => `field ${pattern}`
