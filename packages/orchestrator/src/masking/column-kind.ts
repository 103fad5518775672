import type { ColumnShape } from './shapes.ts'

/** Without the brackets of an array. */
export function elementType({ baseType, category, element }: ColumnShape): string {
  if (category === 'array' && element) return element.baseType
  return baseType.replace(/(?:\[\])+$/, '')
}

/** The category of a column, or of its elements where it is an array. */
export function kindOf(column: ColumnShape): Exclude<ColumnShape['category'], 'array'> {
  if (column.category !== 'array') return column.category
  if (column.element && column.element.category !== 'array') return column.element.category
  const type = elementType(column)
  return kinds.find(([, types]) => types.test(type))?.[0] ?? 'other'
}

const kinds: readonly (readonly [Exclude<ColumnShape['category'], 'array'>, RegExp])[] = [
  ['string', /^(?:text|character|citext|name|bpchar|"char")/],
  ['number', /^(?:smallint|integer|bigint|numeric|real|double precision|money)/],
  ['datetime', /^(?:date|time|timestamp)(?:$| )/],
  ['json', /^jsonb?$/],
  ['network', /^(?:inet|cidr|macaddr8?)$/],
  ['binary', /^bytea$/],
  ['uuid', /^uuid$/],
  ['boolean', /^boolean$/],
]
