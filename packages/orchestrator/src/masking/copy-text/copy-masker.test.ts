import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { column, policy, table } from '../fixtures/shapes.ts'
import type { Policy, StrategyName, TableShape } from '../shapes.ts'
import { compileMasker, type MaskerRequest } from './copy-masker.ts'

const key = Buffer.alloc(32, 3)

function masker(
  shape: TableShape,
  answers: Record<string, StrategyName>,
  rest: Partial<MaskerRequest> = {},
) {
  const columns = shape.columns.map(({ name }) => name)
  const given: Policy = policy({ [`public.${shape.name}`]: answers })
  return compileMasker({ shape, columns, policy: given, shapes: [shape], key, ...rest })
}

const people = table('people', [column('id'), column('name'), column('note'), column('mail')])
const answers = { id: 'keep', name: 'last_name', note: 'text', mail: 'email' } as const

const field = fc.oneof(
  fc.constantFrom('\\N', '', 'Mary', 'a\\tb', 'c:\\\\temp\\\\', 'two\\nlines', 'José', '🦊 x'),
  fc.string({ unit: 'grapheme' }).map((text) => escaped(text)),
)
const rows = fc.array(fc.tuple(field, field, field, field), { maxLength: 8 })

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
}

const streamOf = (lines: readonly (readonly string[])[]) =>
  Buffer.from(lines.map((fields) => `${fields.join('\t')}\n`).join(''))

describe('a copy masker', () => {
  test('gives the same rows however the stream is cut', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat({ max: 40 }), { maxLength: 30 }), (lines, cuts) => {
        const stream = streamOf(lines)
        const whole = masker(people, answers)
        const expected = Buffer.concat([whole.push(stream), whole.end()])
        const cut = masker(people, answers)
        const parts: Buffer[] = []
        let at = 0
        for (const size of cuts) {
          parts.push(cut.push(stream.subarray(at, at + size)))
          at = Math.min(stream.length, at + size)
        }
        parts.push(cut.push(stream.subarray(at)), cut.end())
        expect(Buffer.concat(parts)).toEqual(expected)
        expect(cut.rows).toBe(lines.length)
      }),
    )
  })

  test('keeps every row’s width, NULL, emptiness and kept columns', () => {
    fc.assert(
      fc.property(rows, (lines) => {
        const out = masker(people, answers).push(streamOf(lines)).toString()
        const masked = out.split('\n').slice(0, -1)
        expect(masked).toHaveLength(lines.length)
        for (const [index, line] of masked.entries()) {
          const fields = line.split('\t')
          const source = lines[index] as readonly string[]
          expect(fields).toHaveLength(4)
          expect(fields[0]).toBe(source[0])
          for (const [place, value] of fields.entries()) {
            expect(value === '\\N').toBe(source[place] === '\\N')
            expect(value === '').toBe(source[place] === '')
          }
        }
      }),
    )
  })

  test('takes any bytes between tabs and line feeds', () => {
    const bytes = fc
      .uint8Array({ maxLength: 50 })
      .map((value) => value.filter((byte) => byte !== 0x09 && byte !== 0x0a))
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const stream = Buffer.concat([
          ...[one, other, one, other].flatMap((value) => [value, Buffer.from('\t')]).slice(0, -1),
          Buffer.from('\n'),
        ])
        const out = masker(people, answers).push(stream)
        expect(out.filter((byte) => byte === 0x09)).toHaveLength(3)
        expect(out.subarray(0, one.length)).toEqual(Buffer.from(one))
      }),
    )
  })

  test('escapes what it writes, so a line in a note stays a line in a note', () => {
    const out = masker(people, answers).push(streamOf([['1', 'A', 'Hello\\nMary\\t\\\\o/', '\\N']]))
    expect(out.toString().split('\t')[2]).toMatch(/^[A-Z][a-z]{4}\\n[A-Z][a-z]{3}\\t\\\\[a-z]\/$/)
  })

  test('refuses a stream that ends inside a row', () => {
    const torn = masker(people, answers)
    expect(torn.push(Buffer.from('1\tSmi'))).toHaveLength(0)
    expect(() => torn.end()).toThrow(/public\.people ended in the middle of a row, after 0 rows/)
  })

  test.each(['1\tSmith\n', '1\tSmith\tnote\tmail\tmore\n'])(
    'refuses a row of another width',
    (row) => {
      const open = () => masker(people, answers).push(Buffer.from(row))
      expect(open).toThrow(/another width/)
      expect(open).not.toThrow(/Smith/)
    },
  )

  test('refuses to start while a column is unanswered, also one that objects inherit', () => {
    expect(() => masker(people, { id: 'keep' })).toThrow(/Nobody answered for public\.people\.name/)
    const hostile = table('constructor', [column('toString')])
    expect(() => masker(hostile, {})).toThrow(/Nobody answered/)
  })

  test('answers null with NULL, and leaves an empty value empty', () => {
    const out = masker(people, { ...answers, note: 'null' }).push(
      streamOf([
        ['1', '\\N', 'secret', '\\N'],
        ['2', '', '', ''],
      ]),
    )
    expect(out.toString()).toBe('1\t\\N\t\\N\t\\N\n2\t\t\t\n')
  })

  test('counts the rows of a table without columns', () => {
    const none = masker(table('none', []), {})
    expect(none.push(Buffer.from('\n\n')).toString()).toBe('\n\n')
    expect(none.rows).toBe(2)
  })

  test('tells of every value it masks, decoded', () => {
    const told: string[] = []
    const watching = masker(people, answers, {
      onMasked: (name, value) => told.push(`${name}=${Buffer.from(value)}`),
    })
    watching.push(streamOf([['1', 'O\\\\R', '\\N', 'a@b.c']]))
    expect(told).toEqual(['name=O\\R', 'mail=a@b.c'])
  })
})

describe('columns', () => {
  test('under one strategy map alike in every table', () => {
    const other = table('log', [column('who')])
    const shapes = [people, other]
    const line = masker(people, answers, { shapes }).push(streamOf([['1', 'x', 'y', 'a@b.c']]))
    const log = masker(other, { who: 'email' }, { shapes }).push(Buffer.from('a@b.c\n'))
    expect(line.toString().split('\t')[3]).toBe(log.toString())
  })

  test('that a foreign key joins share the narrowest length and uniqueness', () => {
    const parent = table('parent', [column('code', { maxLength: 40 })], { uniques: [['code']] })
    const child = table('child', [column('parent_code')], {
      foreignKeys: [
        {
          columns: ['parent_code'],
          target: { schema: 'public', name: 'parent' },
          targetColumns: ['code'],
        },
      ],
    })
    const shapes = [parent, child]
    const one = masker(parent, { code: 'company' }, { shapes }).push(Buffer.from('ACME\n'))
    const two = masker(child, { parent_code: 'company' }, { shapes }).push(Buffer.from('ACME\n'))
    expect(one.toString()).toBe(two.toString())
    expect(one.toString()).toMatch(/ [0-9a-z]{13}\n$/)
  })

  test('of arrays are masked element by element', () => {
    const shape = table('t', [column('tags', { baseType: 'text[]', category: 'array' })])
    const out = masker(shape, { tags: 'last_name' }).push(
      Buffer.from('{Smith,"O\'Neil \\\\"x",NULL,""}\n[0:1]={{a,b},{NULL,d}}\nno array\n'),
    )
    const [first, second, third] = out.toString().split('\n')
    expect(first).toMatch(/^\{"[A-Z][a-z]+","[A-Z][a-z]+ [a-z]+",NULL,""\}$/)
    expect(second).toMatch(/^\[0:1\]=\{\{"[a-z]+","[a-z]+"\},\{NULL,"[a-z]+"\}\}$/)
    expect(third).not.toContain('array')
  })

  test('of char(n) are padded as they were', () => {
    const type = { baseType: 'character', type: 'character(12)', maxLength: 12 }
    const out = masker(table('t', [column('c', type)]), { c: 'city' }).push(
      Buffer.from('Berlin      \n            \n'),
    )
    expect(out.toString()).toMatch(/^[A-Z][a-z]{5,8} +\n {12}\n$/)
    expect(out.indexOf('\n')).toBe(12)
  })

  test('of citext map alike in every case', () => {
    const out = masker(table('t', [column('c', { baseType: 'citext' })]), { c: 'email' }).push(
      Buffer.from('A@B.c\na@b.C\n'),
    )
    const [one, two] = out.toString().split('\n')
    expect(one).toBe(two)
  })
})

describe('a row', () => {
  const person = table('p', [
    column('note'),
    column('first', { maxLength: 20 }),
    column('rest'),
    column('born', { baseType: 'date', category: 'datetime' }),
    column('died', { baseType: 'date', category: 'datetime' }),
  ])
  const shift = { name: 'date', shiftBy: 'rest' } as const
  const given = { note: 'text', first: 'first_name', rest: 'last_name', born: shift, died: shift }
  const mask = (line: string) =>
    masker(person, given as never)
      .push(Buffer.from(`${line}\n`))
      .toString()
      .trimEnd()
      .split('\t')

  test('speaks of its own people in its notes, in whatever case', () => {
    const [note, first, rest] = mask(
      'Call Ana SOUZA de Lima, not Bob\tAna\tSouza de Lima\t\\N\t\\N',
    )
    const [souza, , lima] = (rest ?? '').split(' ')
    expect(note).toMatch(
      new RegExp(
        `^[A-Z][a-z]{3} ${first} ${souza?.toUpperCase()} [a-z]+ ${lima}, [a-z]+ [A-Z][a-z]+$`,
      ),
    )
    expect(note).not.toMatch(/ana|souza|lima|bob/i)
  })

  test('moves its dates together, whichever column comes first', () => {
    const days = ([, , , born, died]: readonly string[]) =>
      (Date.parse(died ?? '') - Date.parse(born ?? '')) / 86_400_000
    const one = mask('x\tA\tB\t1950-02-28\t1950-03-01')
    expect(days(one)).toBe(1)
    expect(one[3]).not.toBe('1950-02-28')
    expect(mask('x\tA\tC\t1950-02-28\t1950-03-01')[3]).not.toBe(one[3])
  })
})
