import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parsePolicyFile, policyProblems } from '../../masking/masking.ts'
import type { Source } from '../sources.ts'
import { openSource } from './open.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = AbortSignal.timeout(120_000)

const tables = [
  'mailed (id INT PRIMARY KEY, email TEXT, UNIQUE KEY beginning (email(191)))',
  'coded (id INT PRIMARY KEY, code VARCHAR(50), raw BLOB, UNIQUE KEY few (code(5)), UNIQUE KEY bytes (raw(100)))',
  `folded (id INT PRIMARY KEY, email VARCHAR(100) COLLATE utf8mb4_bin, plain VARCHAR(100) AS (LOWER(email)) STORED,
     digest VARCHAR(64) AS (MD5(note)), note VARCHAR(50), UNIQUE (plain), UNIQUE KEY digested (digest))`,
  `ranged (id INT, born DATE, PRIMARY KEY (id, born)) PARTITION BY RANGE (YEAR(born))
     (PARTITION a VALUES LESS THAN (2000), PARTITION b VALUES LESS THAN (2030))`,
  `open_ended (id INT, born DATE, PRIMARY KEY (id, born)) PARTITION BY RANGE COLUMNS (born, id)
     (PARTITION a VALUES LESS THAN ('2000-01-01', 5), PARTITION b VALUES LESS THAN (MAXVALUE, MAXVALUE))`,
  `listed (code VARCHAR(9) PRIMARY KEY) PARTITION BY LIST COLUMNS (code)
     (PARTITION a VALUES IN ('x', 'PARTITION \`a\` DEFAULT'))`,
  `rest (code VARCHAR(9) PRIMARY KEY) PARTITION BY LIST COLUMNS (code) (PARTITION a VALUES IN ('x'), PARTITION b DEFAULT)`,
  'counted (n INT PRIMARY KEY) PARTITION BY LIST (n) (PARTITION a VALUES IN (1, 0), PARTITION b DEFAULT)',
  'hashed (code VARCHAR(9) PRIMARY KEY) PARTITION BY KEY () PARTITIONS 2',
]

describe('what a table promises of its rows', () => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let source: Source
  beforeAll(async () => {
    server = stack.use(await startServer('--character-set-server=utf8mb4'))
    const session = await server.session()
    await session.run('CREATE DATABASE shop')
    await session.run('USE shop')
    for (const table of tables) {
      const [, columns = '', rest = ''] = /^([\s\S]*?)( PARTITION BY [\s\S]*)?$/.exec(table) ?? []
      await session.run(`CREATE TABLE ${columns} ENGINE=InnoDB ${rest}`)
    }
    await session.run('INSERT INTO rest VALUES ("x"), ("elsewhere")')
    source = stack.use(
      await openSource({ name: 'shop', url: server.url({ database: 'shop' }) }, signal),
    )
  })
  afterAll(() => stack.disposeAsync())

  const problemsOf = (table: string, answers: string) => {
    const shapes = source.tables.filter(({ name }) => name === table)
    const { policy } = parsePolicyFile(`shop.${table}: { ${answers} }`, 'masking.yaml')
    return policyProblems(shapes, policy).map(({ column, problem }) => `${column} ${problem}`)
  }

  test.each([
    ['mailed', 'id: keep, email: email'],
    ['folded', 'id: keep, email: email, note: keep'],
    ['open_ended', 'id: keep, born: date'],
    ['rest', 'code: secret'],
    ['counted', 'n: number'],
    ['hashed', 'code: secret'],
  ])('leaves room for masks that keep it: %s', (table, answers) => {
    expect(problemsOf(table, answers)).toEqual([])
  })

  test.each([
    ['coded', 'id: keep, code: secret, raw: keep', /^code stands in few/],
    ['coded', 'id: keep, code: keep, raw: bytes', /^raw stands in bytes/],
    ['folded', 'id: keep, email: keep, note: text', /^note stands in digested/],
    ['ranged', 'id: keep, born: date', /^born decides which partition/],
    ['listed', 'code: secret', /^code decides which partition/],
  ])('refuses a mask that would break it, before the run: %s', (table, answers, problem) => {
    expect(problemsOf(table, answers)).toMatchObject([expect.stringMatching(problem)])
  })

  test('is known of the beginning of a value alone', () => {
    const [email] = source.tables
      .filter(({ name }) => name === 'mailed')
      .flatMap(({ columns }) => columns.filter(({ name }) => name === 'email'))

    expect(email).toMatchObject({ maxLength: 191 })
  })
})
