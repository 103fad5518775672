import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { column, table } from '../fixtures/shapes.ts'
import { policyProblems, unanswered } from '../policy/checks.ts'
import { strategyFor } from '../policy/names.ts'
import { parsePolicy } from '../policy/parse.ts'
import { renderPolicy, renderStrategy } from '../policy/render.ts'
import type { ColumnShape, TableShape } from '../shapes.ts'
import { proposePolicy } from './propose.ts'

const repeat = (values: readonly string[], times = 40) =>
  Array.from({ length: times }, () => values).flat()

/** The answer for one column of one table, with a mark where a person should look. */
function answerFor(
  shape: ColumnShape,
  values: readonly (string | null)[] = [],
  tableName = 'ledger',
) {
  const one = table(tableName, [shape])
  const [answer] = proposePolicy([one], new Map([[`public.${tableName}`, [values]]]))
  return `${renderStrategy(answer?.strategy ?? { name: 'null' })}${answer?.unsure ? '?' : ''}`
}

describe('a proposal', () => {
  test('goes by the name', () => {
    expect(answerFor(column('email'))).toBe('email')
    expect(answerFor(column('geburtsdatum', { baseType: 'date', category: 'datetime' }))).toBe(
      'date',
    )
    expect(answerFor(column('salary', { baseType: 'numeric', category: 'number' }))).toBe('number')
    expect(answerFor(column('phone', { baseType: 'bigint', category: 'number' }))).toBe('number')
    expect(answerFor(column('token_count', { baseType: 'integer', category: 'number' }))).toBe(
      'keep',
    )
  })

  test('goes by the content where that speaks for itself', () => {
    expect(answerFor(column('x1'), ['a@b.de', 'c@d.fr'])).toBe('email')
    expect(answerFor(column('status'), ['a@b.de', 'c@d.fr'])).toBe('email')
    expect(answerFor(column('x2'), ['Mary Smith', 'Anna Jones'])).toBe('full_name')
    expect(answerFor(column('x3'), repeat(['open', 'closed']))).toBe('keep')
  })

  test('is the safer one where nothing speaks', () => {
    expect(answerFor(column('x'), ['foo', 'bar'])).toBe('text?')
    expect(answerFor(column('x'))).toBe('text?')
    expect(
      answerFor(
        column('status'),
        Array.from({ length: 30 }, (_, at) => `he said it ${at} times`),
      ),
    ).toBe('text?')
  })

  test('asks the table whose name a name is', () => {
    const names = ['Velvet', 'Atlas', 'Orbit']
    expect(answerFor(column('name'), names, 'employees')).toBe('full_name')
    expect(answerFor(column('name'), names, 'suppliers')).toBe('company')
    expect(answerFor(column('name'), names, 'genres')).toBe('keep')
    expect(answerFor(column('name'), names, 'xyz')).toBe('text?')
  })

  test('takes a state for a place only beside an address', () => {
    const states = repeat(['open', 'closed'])
    expect(answerFor(column('state'), states)).toBe('keep')
    const shape = table('person', [column('state'), column('postal_code')])
    const [state] = proposePolicy([shape], new Map([['public.person', [states, []]]]))
    expect(state?.strategy.name).toBe('city')
  })

  test('goes into documents', () => {
    const documents = [
      '{"email":"a@b.de","plan":"pro","user":{"phone":"+49 711 284222"},"ips":["10.0.0.1"],"note":"hi',
      '{"email":"c@d.de","plan":"pro","n":3}',
    ]
    expect(answerFor(column('data', { baseType: 'jsonb', category: 'json' }), documents)).toBe(
      '{ json: { "$.email": email, "$.user.phone": phone, "$.ips[*]": ip } }',
    )
  })

  test('knows a document in a column of characters', () => {
    expect(answerFor(column('raw'), ['{"email":"a@b.de"}', '[{"email":"c@d.fr"}]'])).toBe(
      '{ json: { "$.email": email, "$[*].email": email } }',
    )
  })

  test.each([
    ['tsvector', 'other', true, 'text'],
    ['xml', 'other', true, 'text?'],
    ['point', 'other', true, 'number?'],
    ['interval', 'other', true, 'keep'],
    ['hstore', 'json', true, 'json?'],
    ['ltree', 'other', true, 'text?'],
    ['public.geometry', 'other', false, 'null?'],
    // No build accepts it: what nobody can mask is kept by a person or not at all.
    ['public.geometry', 'other', true, 'null?'],
    ['macaddr', 'network', true, 'secret'],
    ['inet', 'network', true, 'ip'],
    ['bytea', 'binary', true, 'bytes'],
    ['boolean', 'boolean', true, 'keep'],
    ['public.mood', 'enum', true, 'keep'],
    ['uuid', 'uuid', true, 'keep'],
  ] as const)('of %s (%s, NOT NULL %s) is %s', (...row) => {
    const [baseType, category, notNull, answer] = row
    expect(answerFor(column('x', { baseType, category, notNull }))).toBe(answer)
  })

  test('gives both ends of a foreign key the answer of the one it knows more about', () => {
    const account = table('account', [column('login', { maxLength: 40 })], { uniques: [['login']] })
    const entry = table('entry', [column('who', { maxLength: 40 })], {
      foreignKeys: [
        {
          columns: ['who'],
          target: { schema: 'public', name: 'account' },
          targetColumns: ['login'],
        },
      ],
    })
    const answers = proposePolicy([entry, account], new Map())
    expect(answers.map(({ strategy }) => strategy.name)).toEqual(['username', 'username'])
    expect(answers[0]?.reason).toContain('public.account.login')
  })

  test('falls back to what never collides where a unique column is too short', () => {
    const shape = table('t', [column('company', { maxLength: 5 })], { uniques: [['company']] })
    const [answer] = proposePolicy([shape], new Map())
    expect([answer?.strategy.name, answer?.unsure]).toEqual(['secret', true])
  })

  test('answers for every column, and no build refuses but what nothing can mask', () => {
    fc.assert(
      fc.property(
        fc.array(anyColumn, { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        (columns, joined) => {
          const shapes = schemaOf(columns, joined)
          const read = parsePolicy(renderPolicy(shapes, proposePolicy(shapes, new Map())), 'm.yaml')
          expect(unanswered(shapes, read)).toEqual([])
          const others = policyProblems(shapes, read).filter(
            ({ table: at, column: name }) => strategyFor(read, at, name)?.name !== 'null',
          )
          expect(others).toEqual([])
        },
      ),
    )
  })
})

const types: readonly (readonly [string, ColumnShape['category']])[] = [
  ['text', 'string'],
  ['character varying', 'string'],
  ['integer', 'number'],
  ['jsonb', 'json'],
  ['inet', 'network'],
  ['macaddr', 'network'],
  ['uuid', 'uuid'],
  ['timestamp with time zone', 'datetime'],
  ['bytea', 'binary'],
  ['text[]', 'array'],
  ['integer[]', 'array'],
  ['tsvector', 'other'],
  ['public.thing', 'other'],
]

const anyColumn = fc.record({
  name: fc.constantFrom(
    'email',
    'name',
    'notes',
    'phone',
    'code',
    'id',
    'birthday',
    'ip',
    'token',
    'x',
    'city',
  ),
  type: fc.constantFrom(...types),
  notNull: fc.boolean(),
  unique: fc.boolean(),
  maxLength: fc.constantFrom(null, 3, 12, 60),
})

/** One table of these columns, and one whose columns refer to some of them. */
function schemaOf(
  columns: readonly (typeof anyColumn extends fc.Arbitrary<infer Value> ? Value : never)[],
  joined: number,
): readonly TableShape[] {
  const shapes = columns.map(({ name, type: [baseType, category], notNull, maxLength }, index) =>
    column(`${name}_${'abcdef'[index]}`, {
      baseType,
      category,
      notNull,
      maxLength: category === 'string' ? maxLength : null,
    }),
  )
  const names = shapes.map(({ name }) => name)
  const target = table('target', shapes, {
    uniques: names.filter((_, index) => columns[index]?.unique).map((name) => [name]),
  })
  const referring = shapes
    .slice(0, joined)
    .map((shape) => ({ ...shape, name: `ref_${shape.name}` }))
  return [
    target,
    table('referring', referring, {
      foreignKeys: referring.map(({ name }) => ({
        columns: [name],
        target: { schema: 'public', name: 'target' },
        targetColumns: [name.slice(4)],
      })),
    }),
  ]
}
