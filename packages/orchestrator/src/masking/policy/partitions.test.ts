import { expect, test } from 'vitest'
import { compileMasker } from '../copy-text/copy-masker.ts'
import { column, policy, table } from '../fixtures/shapes.ts'
import { proposePolicy } from '../propose/propose.ts'
import { policyProblems, unanswered } from './checks.ts'
import { answeringTable, answeringTables } from './partitions.ts'

const partitionOf = { schema: 'public', name: 'visit', key: ['day'], total: false }
const guest = column('guest', { maxLength: 30 })
const day = column('day', { baseType: 'date', category: 'datetime' })
const shapes = [
  table('visit_1', [day, guest], { partitionOf, uniques: [['guest']] }),
  table('note', [column('who', { maxLength: 20 })], {
    foreignKeys: ['visit', 'visit_1', 'visit_2'].map((name) => ({
      ...{ columns: ['who'], target: { schema: 'public', name }, targetColumns: ['guest'] },
    })),
  }),
  table('visit_2', [{ ...guest, notNull: true }, day], { partitionOf }),
]
const whole = answeringTables(shapes)

test('partitions are answered for as the one table they are parts of', () => {
  expect(whole.map(({ name }) => name)).toEqual(['visit', 'note'])
  expect(whole[0]).toMatchObject({
    columns: [{ name: 'day' }, { name: 'guest', notNull: true }],
    uniques: [['guest']],
    estimatedRows: 2000,
  })
  expect(whole[1]?.foreignKeys).toHaveLength(1)
})

test('a proposal names the whole table, whichever partition was sampled', () => {
  const mail = [[null], ['a@b.de']]
  const answers = proposePolicy(shapes, new Map([['public.visit_1', mail]]))
  expect(answers.map(({ table: { name }, column: of }) => `${name}.${of}`)).toEqual([
    'visit.day',
    'visit.guest',
    'note.who',
  ])
  expect(answers[1]?.strategy.name).toBe('email')
})

test('a policy without the whole table lacks its columns once', () => {
  expect(unanswered(whole, policy({ 'public.note': { who: 'keep' } }))).toHaveLength(2)
})

test('what refers to a partitioned table is masked as its partitions are', () => {
  const given = policy({
    'public.visit': { day: 'keep', guest: 'company' },
    'public.note': { who: 'company' },
  })
  expect(policyProblems(whole, given)).toEqual([])
  const key = Buffer.alloc(32, 4)
  const mask = (index: number, columns: readonly string[], row: string) => {
    const part = shapes[index] as (typeof shapes)[number]
    const shape = { ...part, ...answeringTable(part) }
    return compileMasker({ shape, columns, policy: given, shapes: whole, key })
      .push(Buffer.from(row))
      .toString()
  }
  const one = mask(0, ['guest'], 'ACME\n')
  expect(mask(2, ['guest'], 'ACME\n')).toBe(one)
  expect(mask(1, ['who'], 'ACME\n')).toBe(one)
  expect(one.length).toBeLessThanOrEqual(21)
})
