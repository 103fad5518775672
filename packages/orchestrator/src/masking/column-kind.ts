import type { ColumnShape } from './shapes.ts'

/** Without the brackets of an array. */
export function elementType({ baseType }: ColumnShape): string {
  return baseType.replace(/(?:\[\])+$/, '')
}

/** The category of a column, or of its elements where it is an array. */
export function kindOf(column: ColumnShape): Exclude<ColumnShape['category'], 'array'> {
  if (column.category !== 'array') return column.category
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
