import { describe, expect, test } from 'vitest'
import type { TableShape } from '../../masking/masking.ts'
import { fingerprint } from '../fingerprint.ts'
import { categoryOf } from './column-types.ts'

test.each([
  ['text', 'b', 'S', 'string'],
  ['public.citext', 'b', 'S', 'string'],
  ['"char"', 'b', 'Z', 'string'],
  ['numeric', 'b', 'N', 'number'],
  ['money', 'b', 'N', 'number'],
  ['timestamp with time zone', 'b', 'D', 'datetime'],
  ['interval', 'b', 'T', 'other'],
  ['inet', 'b', 'I', 'network'],
  ['macaddr', 'b', 'U', 'network'],
  ['uuid', 'b', 'U', 'uuid'],
  ['jsonb', 'b', 'U', 'json'],
  ['bytea', 'b', 'U', 'binary'],
  ['public.mood', 'e', 'E', 'enum'],
  ['public.pair', 'c', 'C', 'composite'],
  ['int4range', 'r', 'R', 'range'],
  ['hstore', 'b', 'U', 'json'],
  ['text[]', 'b', 'A', 'array'],
] as const)('a column of %s is masked as its kind', (...[baseType, kind, group, category]) => {
  expect(categoryOf({ baseType, kind, group })).toBe(category)
})

describe('the fingerprint of a schema', () => {
  const column = {
    name: 'id',
    type: 'integer',
    baseType: 'integer',
    category: 'number' as const,
    notNull: true,
    maxLength: null,
    generated: false,
  }
  const table: TableShape = {
    schema: 'public',
    name: 't',
    columns: [column],
    uniques: [['id']],
    foreignKeys: [],
    estimatedRows: 1,
  }
  const other: TableShape = { ...table, name: 'u' }
  const same = fingerprint([table, other])

  test('does not depend on rows or on the order of tables', () => {
    expect(fingerprint([other, { ...table, estimatedRows: 9 }])).toBe(same)
  })

  test.each<[string, TableShape]>([
    ['a column appears', { ...table, columns: [column, { ...column, name: 'new' }] }],
    ['a column changes its type', { ...table, columns: [{ ...column, type: 'bigint' }] }],
    ['a key goes', { ...table, uniques: [] }],
    [
      'a foreign key appears',
      {
        ...table,
        foreignKeys: [{ columns: ['id'], target: other, targetColumns: ['id'] }],
      },
    ],
  ])('changes when %s', (_, changed) => {
    expect(fingerprint([changed, other])).not.toBe(same)
  })
})
