import { expect, test } from 'vitest'
import { FingerprintSearch } from '../../fingerprints/fingerprints.ts'
import type { ColumnShape, StrategyName, TableShape } from '../../masking/masking.ts'
import type { SchemaStatement } from '../../sources/sources.ts'
import { type AnsweredColumn, Collector } from './collector.ts'
import { LeakCheck } from './leaks.ts'
import { searchRows as searchBlock } from './row-search.ts'
import { judge, judgeShapes } from './sightings.ts'

const column = (name: string, category: ColumnShape['category'] = 'string'): ColumnShape => ({
  name,
  type: 'text',
  baseType: category === 'binary' ? 'bytea' : 'text',
  category,
  notNull: false,
  maxLength: null,
  generated: false,
})

const table = (name: string, ...columns: ColumnShape[]): TableShape => ({
  schema: 'public',
  name,
  columns,
  uniques: [],
  foreignKeys: [],
  estimatedRows: 0,
})

const answered = (shape: TableShape, ...names: StrategyName[]) =>
  shape.columns.map((column, index) => ({
    shape: column,
    strategy: { name: names[index] ?? 'keep' },
  }))

const customers = table('customers', column('email'), column('note'))
const log = table('log', column('message'))

function collect(leaks: LeakCheck, shape: TableShape, columns: readonly AnsweredColumn[]) {
  const collector = new Collector(columns, leaks.announce(shape, columns))
  return (name: string, value: string) => {
    collector.add(name, Buffer.from(value))
    leaks.take(collector.take())
  }
}

function searchRows(leaks: LeakCheck, shape: TableShape, columns: readonly AnsweredColumn[]) {
  return (text: string) =>
    leaks.sawInRows(
      shape,
      columns,
      searchBlock(new FingerprintSearch(leaks.shared), columns, Buffer.from(text)),
    )
}

function searchFile(leaks: LeakCheck, path: string, isPristine: boolean) {
  const hits: number[] = []
  const search = new FingerprintSearch(leaks.shared)
  return (text: string) => {
    search.search(Buffer.from(text), (entry) => hits.push(entry))
    const found = { entries: Uint32Array.from(hits), bytes: text.length }
    leaks.sawInFile({ path, isPristine }, found)
  }
}

/** Real rows go in, then what stands in the copy. */
function check(strategy: StrategyName, real: readonly string[]) {
  const leaks = new LeakCheck({ capacity: 1000 })
  const onValue = collect(leaks, customers, answered(customers, strategy))
  for (const value of real) onValue('email', value)
  return {
    inLog: (text: string) => searchRows(leaks, log, answered(log))(text),
    inCustomers: (text: string) =>
      searchRows(leaks, customers, answered(customers, strategy))(text),
    inDefinition: (statement: SchemaStatement) => leaks.searchStatement(statement),
    inFile: (text: string, path = 'base/16384/2619', pristine = false) =>
      searchFile(leaks, path, pristine)(text),
    verdict: (accept: readonly string[] = []) => judge(leaks.sightings, accept),
    shapes: (accept: readonly string[] = []) => judgeShapes(leaks.shapes, accept),
    coverage: () => leaks.coverage,
  }
}

const mary = 'mary.smith@sakila.example'

test('a masked address that stands in a kept log message stops the seal, naming both columns', () => {
  const seen = check('email', [mary])
  seen.inLog(`user ${mary} changed her password\n`)

  expect(seen.verdict().leaks).toEqual([
    'values of public.customers.email, which is masked, also stand in public.log.message, which is kept (once)',
  ])
})

test('a verdict never holds the value', () => {
  const seen = check('email', [mary])
  seen.inLog(`${mary}\n`)
  seen.inFile(mary)

  expect(JSON.stringify(seen.verdict())).not.toMatch(/mary|smith|sakila/)
})

test('a masked city in a kept text is worth a word', () => {
  const seen = check('city', ['Reykjavik'])
  seen.inLog('shipped to Reykjavik\n')

  expect(seen.verdict().leaks).toEqual([])
  expect(seen.verdict().findings).toHaveLength(1)
})

test('an address that was passed through unmasked stops the seal', () => {
  const seen = check('email', [mary])
  seen.inCustomers(`${mary}\tnote\n`)

  expect(seen.verdict().leaks).toEqual([expect.stringMatching(/still stand in public.customers/)])
})

test('a masked phone number that is another person’s by chance is no leak', () => {
  const seen = check('phone', ['+49 170 1234567'])
  seen.inCustomers('+49 170 1234567\tnote\n')

  expect(seen.verdict()).toEqual({ leaks: [], secrets: [], findings: [] })
})

test('a value in a file and in no column stops the seal', () => {
  const seen = check('email', [mary])
  seen.inFile(`\0\u0001${mary}\0`)

  expect(seen.verdict().leaks).toEqual([expect.stringMatching(/outside of every column/)])
})

test('an address in a definition stops the seal, naming the object and not its file', () => {
  const seen = check('email', [mary])
  seen.inDefinition({ what: 'function public.boss()', sql: `SELECT '${mary}'` })
  seen.inFile(mary)

  expect(seen.verdict().leaks).toEqual([
    expect.stringMatching(/also stand in the definition of function public.boss\(\)/),
  ])
})

test('what stands in a column is not reported again for its file', () => {
  const seen = check('full_name', ['Mary Smith-Jones'])
  seen.inLog('Mary Smith-Jones called\n')
  seen.inFile('Mary Smith-Jones called')

  expect(seen.verdict().findings).toHaveLength(1)
})

test('what every cluster holds is no leak', () => {
  const seen = check('secret', ['pg_catalog_internal'])
  seen.inFile('pg_catalog_internal', 'base/1/1255', true)
  seen.inFile('pg_catalog_internal', 'base/16384/1255')

  expect(seen.verdict().leaks).toEqual([])
})

test('a token that many rows share is anybody’s, an address is not', () => {
  const shared = check(
    'secret',
    Array.from({ length: 200 }, () => 'not-a-secret-at-all'),
  )
  shared.inLog('not-a-secret-at-all\n')
  const address = check(
    'email',
    Array.from({ length: 200 }, () => mary),
  )
  address.inLog(`${mary}\n`)

  expect(shared.verdict().leaks).toEqual([])
  expect(address.verdict().leaks).toHaveLength(1)
})

test('a value inside a JSON document or an array is looked for by itself', () => {
  const profile = table('profile', column('data', 'json'), column('mails', 'array'))
  const leaks = new LeakCheck({ capacity: 100 })
  const onValue = collect(leaks, profile, answered(profile, 'json', 'text'))
  onValue('data', `{"contact": [{"mail": "${mary}"}]}`)
  onValue('mails', '{"x y","bob@shop.example"}')
  searchRows(leaks, log, answered(log))(`${mary}\nbob@shop.example\n`)

  expect(judge(leaks.sightings).leaks).toHaveLength(2)
})

test('bytes are looked for as bytes', () => {
  const keys = table('keys', column('key', 'binary'))
  const key = 'a1b2c3d4e5f6a7b8c9d0e1'
  const leaks = new LeakCheck({ capacity: 100 })
  const onValue = collect(leaks, keys, answered(keys, 'secret'))
  onValue('key', `\\x${Buffer.from(key).toString('hex')}`)
  searchRows(leaks, log, answered(log))(`key ${key}\n`)

  expect(judge(leaks.sightings).leaks).toHaveLength(1)
})

test('what a document keeps by path is not looked for', () => {
  const profile = table('profile', column('data', 'json'))
  const paths = { '$.team[*]': 'keep', '$["home page"]': 'url' } as const
  const columns = [{ shape: column('data', 'json'), strategy: { name: 'json', paths } as const }]
  const leaks = new LeakCheck({ capacity: 100 })
  const document = { team: [mary], contact: 'bob@shop.example' }
  collect(leaks, profile, columns)('data', JSON.stringify(document))
  searchRows(leaks, profile, columns)(`{"team": ["${mary}"]}\n`)
  expect(judge(leaks.sightings).leaks).toEqual([])

  searchRows(leaks, log, answered(log))('bob@shop.example\n')
  expect(judge(leaks.sightings).leaks).toHaveLength(1)
})

test('placeholders such as zeros are not looked for', () => {
  const seen = check('phone', ['000-000-0000', '1111111111'])
  seen.inLog('000-000-0000 1111111111\n')

  expect(seen.verdict()).toEqual({ leaks: [], secrets: [], findings: [] })
})

test('an address of nobody in any masked column stops the seal where it is kept', () => {
  const seen = check('email', [mary])
  seen.inLog('reset mail sent to ann@corp.io\n')
  seen.inCustomers('x@mask.zz\tcall ann@corp.io\n')

  expect(seen.shapes().leaks).toEqual([
    'what looks like e-mail addresses stand in public.log.message (once)',
    'what looks like e-mail addresses stand in public.customers.note (once)',
  ])
})

test('a token in a kept column stops the seal, without being told', () => {
  const seen = check('email', [mary])
  seen.inLog(`retry with ghp_${'a1'.repeat(18)}\n`)

  expect(seen.shapes().leaks).toEqual([
    'what looks like secrets (GitHub token) stand in public.log.message (once)',
  ])
})

test('what a person has accepted stops nothing and is told', () => {
  const seen = check('email', [mary])
  seen.inLog(`sent to ${mary}\n`)
  const accept = ['public.log.message']

  expect(seen.verdict(accept)).toMatchObject({ leaks: [], findings: [{ severity: 'warning' }] })
  expect(seen.verdict(['public.log']).leaks).toHaveLength(1)
})

test('a whole name in a definition stops the seal, a first name does not', () => {
  const whole = check('full_name', ['Mary Smith-Jones'])
  whole.inDefinition({ what: 'view public.boss', sql: "SELECT 'mary smith-jones'" })
  const first = check('first_name', ['Gwendolyn'])
  first.inDefinition({ what: 'view public.boss', sql: "SELECT 'Gwendolyn'" })

  expect(whole.verdict().leaks).toHaveLength(1)
  expect(first.verdict()).toEqual({ leaks: [], secrets: [], findings: [] })
})

test('an object that is named after a person is told without the name', () => {
  const seen = check('full_name', ['Mary Smith-Jones', 'Public Records'])
  seen.inDefinition({ what: 'table public.for Mary Smith-Jones', sql: '"for Mary Smith-Jones"' })

  expect(seen.verdict().leaks).toEqual([
    expect.stringContaining('the definition of table public.for … (once)'),
  ])
})

test('an address that is a key of a document is looked for', () => {
  const shares = table('shares', column('grants', 'json'))
  const leaks = new LeakCheck({ capacity: 100 })
  collect(leaks, shares, answered(shares, 'json'))('grants', `{"${mary}": "owner"}`)
  searchRows(leaks, shares, answered(shares, 'json'))(`{"${mary}": "x"}\n`)

  expect(judge(leaks.sightings).leaks).toHaveLength(1)
})

test('what was left out by rule is counted', () => {
  const seen = check('phone', ['+49 30 1234567', '12345', '1111111111', '+49 30 1234567'])
  seen.inLog('nothing\n')
  seen.inFile('0123456789')

  expect(seen.coverage()).toEqual({
    ...{ values: 4, searched: 1, tooShort: 1, plain: 1, tooCommon: 0 },
    ...{ sampledOneIn: 1, bytes: 18 },
  })
})
