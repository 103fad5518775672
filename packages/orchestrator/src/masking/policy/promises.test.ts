import { describe, expect, test } from 'vitest'
import { column, policy, table } from '../fixtures/shapes.ts'
import type { ColumnShape, DistinctRule, Partitioned, StrategyName } from '../shapes.ts'
import { policyProblems } from './checks.ts'

const rule = (rest: Partial<DistinctRule>): DistinctRule => ({
  ...{ name: 'one_of_each', equal: [], opaque: [], nullness: [] },
  ...rest,
})

const problemsOf = (
  columns: readonly ColumnShape[],
  answers: Readonly<Record<string, StrategyName>>,
  rest: { rules?: readonly DistinctRule[]; partitionOf?: Partitioned } = {},
) => policyProblems([table('t', columns, rest)], policy({ 'public.t': answers }))

describe('a policy is refused before the run', () => {
  test('where an index looks into a masked column with an expression', () => {
    const rules = [rule({ opaque: ['doc'] })]
    expect(problemsOf([column('doc')], { doc: 'text' }, { rules })).toMatchObject([
      { column: 'doc', problem: expect.stringContaining('one_of_each') },
    ])
    expect(problemsOf([column('doc')], { doc: 'keep' }, { rules })).toEqual([])
  })

  test('where NULL would bring rows under a promise that did not hold for them', () => {
    const rules = [rule({ equal: [{ column: 'a', folded: false }], nullness: ['gone'] })]
    const columns = [column('a'), column('gone')]
    expect(problemsOf(columns, { a: 'text', gone: 'null' }, { rules })).toMatchObject([
      { column: 'gone' },
    ])
    expect(problemsOf(columns, { a: 'text', gone: 'text' }, { rules })).toEqual([])
  })

  test('where a masked key may find no partition', () => {
    const partitionOf = { schema: 'public', name: 't', key: ['at'], total: false }
    expect(problemsOf([column('at')], { at: 'text' }, { partitionOf })).toMatchObject([
      { fix: expect.stringContaining('default partition') },
    ])
    const total = { ...partitionOf, total: true }
    expect(problemsOf([column('at')], { at: 'text' }, { partitionOf: total })).toEqual([])
  })

  test('where words for searching are copied beside masked text', () => {
    const columns = [column('words', { baseType: 'tsvector', category: 'other' }), column('note')]
    expect(problemsOf(columns, { words: 'keep', note: 'text' })).toMatchObject([
      { column: 'words' },
    ])
    expect(problemsOf(columns, { words: 'keep', note: 'keep' })).toEqual([])
    expect(problemsOf(columns, { words: 'text', note: 'text' })).toEqual([])
  })

  test('where a composite’s answer names a field that is not there, or does not serve one', () => {
    const fields = [column('floor', { baseType: 'integer', category: 'number' })]
    const home = column('home', { baseType: 'public.home', category: 'composite', fields })
    const answer = (path: string) =>
      policyProblems(
        [table('t', [home])],
        policy({ 'public.t': { home: { name: 'json', paths: { [path]: 'email' } } } }),
      )
    expect(answer('$.street')).toMatchObject([{ fix: expect.stringContaining('$.floor') }])
    expect(answer('$.floor')).toMatchObject([{ problem: expect.stringContaining('field floor') }])
  })

  test('where dates that are shifted together stand in a unique index, or have nothing to go by', () => {
    const shape = table(
      't',
      [column('id'), column('at', { baseType: 'date', category: 'datetime' })],
      { uniques: [['at']] },
    )
    const given = (shiftBy: string, uniques: readonly (readonly string[])[]) =>
      policyProblems(
        [{ ...shape, uniques }],
        policy({ 'public.t': { id: 'keep', at: { name: 'date', shiftBy } } }),
      )
    expect(given('id', [['at']])).toHaveLength(1)
    expect(given('gone', [])).toMatchObject([{ problem: expect.stringContaining('gone') }])
    expect(given('id', [])).toEqual([])
  })
})
