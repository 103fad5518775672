import { describe, expect, test } from 'vitest'
import {
  copiedRows,
  type DumpedTable,
  dumpText,
  insertedRows,
  samplesOf,
  shapesOf,
} from './fixtures/sql-dump.ts'
import {
  compileMasker,
  isMasked,
  type Policy,
  parsePolicyFile,
  policyProblems,
  proposePolicy,
  renderPolicy,
  type Strategy,
  strategyFor,
  type TableShape,
  unanswered,
} from './masking.ts'

const pagilaSchema = dumpText('pagila-schema.sql')
const pagilaData = dumpText('pagila-data.sql')
const chinook = dumpText('chinook-postgres.sql')

const pagila = tablesOf(pagilaSchema, (table) => copiedRows(pagilaData ?? '', table))
const music = tablesOf(chinook, (table) => insertedRows(chinook ?? '', table))

const personal = {
  pagila: {
    customer: ['first_name', 'last_name', 'email'],
    staff: ['first_name', 'last_name', 'email', 'username', 'password', 'picture'],
    actor: ['first_name', 'last_name'],
    address: ['address', 'address2', 'district', 'postal_code', 'phone'],
  },
  chinook: {
    customer: 'first_name last_name company address city state postal_code phone fax email'.split(
      ' ',
    ),
    employee:
      'first_name last_name birth_date address city state postal_code phone fax email'.split(' '),
    invoice: ['billing_address', 'billing_city', 'billing_state', 'billing_postal_code'],
    artist: ['name'],
    track: ['composer'],
  },
}

describe.each([
  { database: 'pagila' as const, tables: pagila },
  { database: 'chinook' as const, tables: music },
])('$database', ({ database, tables }) => {
  if (tables.length === 0) {
    test.skip(`../shared/data holds no ${database}: put its dump there to run these`, () => {})
    return
  }
  const shapes = tables.map(({ shape }) => shape)
  const answers = proposePolicy(shapes, samplesOf(tables, 300))
  const policy = parsePolicyFile(renderPolicy(shapes, answers), 'masking.yaml').policy

  test('its proposal answers for every column and has no problem', () => {
    expect(shapes.length).toBeGreaterThan(10)
    expect(unanswered(shapes, policy)).toEqual([])
    expect(policyProblems(shapes, policy)).toEqual([])
  })

  test.each(Object.entries(personal[database]))('its proposal masks %s: %j', (name, columns) => {
    const table = shapes.find((shape) => shape.name === name) as TableShape
    const kept = columns.filter((column) =>
      ['keep', 'enum'].includes(strategyFor(policy, table, column)?.name ?? 'keep'),
    )
    expect(kept).toEqual([])
  })

  test('no reason holds a masked value', () => {
    const reasons = answers.map(({ reason }) => reason.toLowerCase()).join('\n')
    const held = tables.flatMap(({ shape, rows }) =>
      shape.columns.flatMap(({ name }, index) => {
        if (!isMasked(strategyFor(policy, shape, name) as Strategy)) return []
        const values = rows.flatMap((row) => row[index]?.toLowerCase() ?? [])
        return values.filter((value) => value.length > 4 && reasons.includes(value))
      }),
    )
    expect(held).toEqual([])
  })

  test('no masked name is a name of the source, and none maps to itself', () => {
    const real = nameWords(tables)
    for (const { shape, rows } of tables) {
      const names = shape.columns.map((column) =>
        /name$/.test(strategyFor(policy, shape, column.name)?.name ?? ''),
      )
      for (const [index, row] of masked({ shape, rows }, policy, shapes).entries()) {
        for (const [column, value] of row.entries()) {
          if (!names[column] || value === null || value === '') continue
          expect(value).not.toBe(rows[index]?.[column])
          expect(
            value
              .toLowerCase()
              .split(/[^\p{L}]+/u)
              .filter((word) => real.has(word)),
          ).toEqual([])
        }
      }
    }
  })

  test('no e-mail address, phone, street or password of the source is left in the masked rows', () => {
    const left = new Set(tables.flatMap((table) => masked(table, policy, shapes).flat()))
    const found = tables.flatMap(({ shape, rows }) =>
      shape.columns.flatMap(({ name }, index) => {
        if (!/email|phone|fax|^address\d?$|username|password/.test(name)) return []
        return rows.filter((row) => row[index] && left.has(row[index])).map(() => name)
      }),
    )
    expect(left.size).toBeGreaterThan(1000)
    expect(found).toEqual([])
  })
})

function tablesOf(
  sql: string | undefined,
  rowsOf: (table: TableShape) => (string | null)[][],
): DumpedTable[] {
  if (sql === undefined) return []
  return shapesOf(sql)
    .map((shape) => ({ shape, rows: rowsOf(shape) }))
    .filter(({ rows }) => rows.length > 0)
}

/** Words of people’s names, of three letters or more. */
function nameWords(tables: readonly DumpedTable[]): ReadonlySet<string> {
  const words = tables.flatMap(({ shape, rows }) =>
    shape.columns.flatMap(({ name }, index) =>
      /^(?:first|last)_name$/.test(name)
        ? rows.flatMap((row) => row[index]?.toLowerCase().split(/[^\p{L}]+/u) ?? [])
        : [],
    ),
  )
  return new Set(words.filter((word) => word.length > 2))
}

function masked({ shape, rows }: DumpedTable, policy: Policy, shapes: readonly TableShape[]) {
  const columns = shape.columns.map(({ name }) => name)
  const key = Buffer.alloc(32, 5)
  const masker = compileMasker({ shape, columns, policy, shapes, key })
  const lines = rows.map((row) => row.map((value) => escaped(value)).join('\t'))
  const out = masker.push(Buffer.from(`${lines.join('\n')}\n`))
  expect(masker.end()).toHaveLength(0)
  expect(masker.rows).toBe(rows.length)
  return out
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t').map((field) => (field === '\\N' ? null : field)))
}

function escaped(value: string | null): string {
  if (value === null) return '\\N'
  return value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')
}
