import { SandboxError } from '@stuntdouble/sdk/errors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { column, policy, table } from '../fixtures/shapes.ts'
import { type ProposedAnswer, strategyNames } from '../shapes.ts'
import { policyProblems, superfluous, unanswered } from './checks.ts'
import { parseTableKey, strategyFor, tableKey } from './names.ts'
import { parsePolicy } from './parse.ts'
import { renderPolicy } from './render.ts'

const identifier = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((name) => !name.includes('\0') && name !== '__proto__' && name.isWellFormed())

describe('masking.yaml', () => {
  test('reads back as it was written, whatever tables and columns are called', () => {
    const name = fc.oneof(
      identifier,
      fc.constantFrom('a.b', 'A"b', 'null', 'ja', "o'x", ' x: #y', 'ñ\n'),
    )
    const answer = fc.constantFrom(...strategyNames.filter((each) => each !== 'json'))
    fc.assert(
      fc.property(
        fc.tuple(name, name, name),
        answer,
        ([schema, tableName, columnName], strategy) => {
          const shape = { ...table(tableName, [column(columnName)]), schema }
          const answers: ProposedAnswer[] = [
            {
              table: shape,
              column: columnName,
              strategy: { name: strategy },
              reason: 'x: #',
              confidence: 1,
              unsure: true,
            },
          ]
          const read = parsePolicy(renderPolicy([shape], answers), 'masking.yaml')
          expect(strategyFor(read, shape, columnName)).toEqual({ name: strategy })
          expect(Object.keys(read)).toHaveLength(1)
        },
      ),
    )
  })

  test('marks what a person should look at, and keeps what one has answered', () => {
    const shape = table('customer', [column('email'), column('note'), column('gone')])
    const answers = ['email', 'note'].map(
      (name): ProposedAnswer => ({
        table: shape,
        column: name,
        strategy: { name: 'text' },
        reason: 'free text',
        confidence: 0.5,
        unsure: true,
      }),
    )
    const existing = policy({
      'public.customer': { email: 'email', gone: { name: 'json', paths: { '$.a': 'phone' } } },
    })
    expect(renderPolicy([shape], answers, existing).split('\n').slice(3)).toEqual([
      'public.customer:',
      '  email: email',
      '  note: text # unsure: free text',
      '  gone: { json: { "$.a": phone } }',
      '',
    ])
  })

  test('keeps a reason in its comment, whatever table it names', () => {
    const shape = table('t', [column('a')])
    const reason = 'as x\n  b: keep\u001b[2J\u0085, joined'
    const answer = {
      table: shape,
      column: 'a',
      strategy: { name: 'text' },
      confidence: 0,
      unsure: true,
    } as const
    const text = renderPolicy([shape], [{ ...answer, reason }])
    expect(text.split('\n').at(-2)).toBe('  a: text # unsure: as x b: keep [2J , joined')
  })

  test('takes a bare null for the strategy, and json with or without paths', () => {
    const read = parsePolicy(
      'public.t:\n  a: null\n  b: json\n  c: { json: { "$.x[*].y": email, "$[\\"o k\\"]": null } }\npublic.u:\n',
      'm.yaml',
    )
    expect(read).toEqual({
      'public.t': {
        a: { name: 'null' },
        b: { name: 'json' },
        c: { name: 'json', paths: { '$.x[*].y': 'email', '$["o k"]': 'null' } },
      },
      'public.u': {},
    })
  })

  test.each([
    [
      'public.t:\n  a: keep\n  b: emial\n',
      /m\.yaml:3: public\.t\.b: must be one of keep, null, email/,
    ],
    ['public.t:\n  a: { json: { "$.x": fax } }\n', /m\.yaml:2: .*must be one of/],
    ['public.t:\n  a: { json: { "x": phone } }\n', /m\.yaml:2: .*is no path/],
    ['public.t:\n  a: { jsonb: {} }\n', /m\.yaml:2: .*must be one of/],
    ['customer:\n  a: keep\n', /m\.yaml:1: customer: must be schema\.table/],
    ['public.t:\n  a: keep\npublic."t":\n  a: keep\n', /m\.yaml:3: .*named twice/],
    ['public.t:\n  a: keep\n  a: text\n', /m\.yaml:3/],
    ['public.t: keep\n', /m\.yaml:1: public\.t/],
    ['a: [', /m\.yaml:1/],
  ])('refuses %j, naming the place', (text, message) => {
    const read = () => parsePolicy(text, 'm.yaml')
    expect(read).toThrow(message)
    expect(read).toThrow(SandboxError)
  })

  test('a table’s key is quoted where SQL would quote it', () => {
    expect(tableKey({ schema: 'public', name: 'customer' })).toBe('public.customer')
    expect(tableKey({ schema: 'My.App', name: 'a"b' })).toBe('"My.App"."a""b"')
    expect(parseTableKey('public.Customer')).toEqual({ schema: 'public', name: 'Customer' })
    for (const key of ['a', 'a.b.c', '.b', 'a.', '"a.b', 'a."b" c'])
      expect(parseTableKey(key)).toBeUndefined()
  })
})

describe('a policy', () => {
  const shape = table(
    'customer',
    [
      column('id', { baseType: 'integer', category: 'number', notNull: true }),
      column('email', { notNull: true, maxLength: 60 }),
      column('code', { maxLength: 5 }),
      column('full', { generated: true }),
    ],
    { uniques: [['id'], ['email'], ['code']] },
  )
  const problems = (answers: Parameters<typeof policy>[0], shapes = [shape]) =>
    policyProblems(shapes, policy(answers)).map(({ column: name, problem }) => `${name} ${problem}`)

  test('lacks answers for columns that nobody named, but for generated ones', () => {
    expect(unanswered([shape], policy({ 'public.customer': { id: 'keep' } }))).toEqual([
      { table: { schema: 'public', name: 'customer' }, column: 'email' },
      { table: { schema: 'public', name: 'customer' }, column: 'code' },
    ])
  })

  test('has too many for columns and tables that are gone', () => {
    const given = policy({
      'public.customer': { id: 'keep', old: 'text' },
      'public."Gone"': { x: 'text' },
    })
    expect(superfluous([shape], given)).toEqual([
      { table: { schema: 'public', name: 'customer' }, column: 'old' },
      { table: { schema: 'public', name: 'Gone' }, column: 'x' },
    ])
  })

  test('cannot put NULL where none is allowed', () => {
    expect(problems({ 'public.customer': { email: 'null', code: 'null' } })).toEqual([
      'email is NOT NULL and cannot be answered with null.',
    ])
  })

  test.each(['email', 'text', 'uuid', 'date', 'bytes', 'json', 'ip'] as const)(
    'cannot answer a number with %s',
    (name) => {
      expect(problems({ 'public.customer': { id: name } })).toEqual([
        `id is integer, which ${name} does not fit.`,
      ])
    },
  )

  test('cannot promise distinct values where there is no room for them', () => {
    expect(problems({ 'public.customer': { code: 'username' } })).toEqual([
      'code must stay distinct, and username needs 13 characters for that where 5 fit.',
    ])
    expect(
      problems({ 'public.customer': { id: 'number', email: 'email', code: 'secret' } }),
    ).toEqual([])
  })

  test('must answer both ends of a foreign key alike, unless one refers to nothing', () => {
    const order = table('order', [column('customer_email')], {
      foreignKeys: [
        {
          columns: ['customer_email'],
          target: { schema: 'public', name: 'customer' },
          targetColumns: ['email'],
        },
      ],
    })
    const both = (name: 'email' | 'keep' | 'null') =>
      problems(
        { 'public.customer': { email: 'email' }, 'public.order': { customer_email: name } },
        [shape, order],
      )
    expect(both('keep')).toEqual([
      'customer_email is keep, but public.customer.email, which it refers to, is email.',
    ])
    expect(both('email')).toEqual([])
    expect(both('null')).toEqual([])
  })
})
