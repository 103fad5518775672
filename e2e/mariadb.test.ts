import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { dataFilesOf, survivors } from './lib/data-files.ts'
import { repository } from './lib/images.ts'
import { listLeftovers } from './lib/leftovers.ts'
import { type MariadbProduction, queryOf, startMariadb } from './lib/mariadb-production.ts'
import type { PolicyFile } from './lib/personal-values.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

/** Given beside the checkout, as all well-known databases are. */
const file = join(repository, '../shared/data/chinook-mysql.sql')

const configuration = `sources:
  shop: { kind: mariadb, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
`
const blueprint = 'ttl: 30m\ndata: { db: { source: shop } }\n'

interface Journey extends AsyncDisposable {
  readonly production: MariadbProduction
  readonly stuntdouble: Stuntdouble
  readonly box: Sandbox
  readonly built: { id: string; rows: number; tables: number; masked: number; kind: string }
  /** Of the sandbox's database, on this machine. */
  readonly url: string
}

async function travel(): Promise<Journey> {
  await using scope = new AsyncDisposableStack()
  const production = scope.use(await startMariadb('chinook'))
  await loadChinook(production)
  const stuntdouble = scope.use(
    await Stuntdouble.open({
      files: { 'stuntdouble.yaml': configuration, 'sandbox.yaml': blueprint },
      env: { SHOP_URL: production.url },
    }),
  )
  await stuntdouble.json(['data', 'review', '--source', 'shop'])
  const built = await stuntdouble.json<Journey['built']>(['snapshot', 'build', '--source', 'shop'])
  const handed = await stuntdouble.json<{ url: string }>(['up'])
  const box = await Sandbox.connect(handed.url)
  const { url } = await stuntdouble.json<{ url: string }>(['db', box.id])
  const parts = scope.move()
  const dispose = () => parts.disposeAsync()
  return { production, stuntdouble, box, built, url, [Symbol.asyncDispose]: dispose }
}

/** Into the database that is there, whichever one its own script would make. */
async function loadChinook(production: MariadbProduction): Promise<void> {
  const script = await readFile(file, 'utf8')
  await production.load(script.replace(/^(DROP DATABASE|CREATE DATABASE|USE) .*$/gm, ''))
  await production.load(`
    CREATE VIEW best AS SELECT i.CustomerId, SUM(i.Total) AS spent FROM Invoice i GROUP BY i.CustomerId;
    CREATE FUNCTION spent_by(who INT) RETURNS DECIMAL(10, 2) READS SQL DATA
      RETURN (SELECT spent FROM best WHERE CustomerId = who)`)
}

describe('a MariaDB, cloned, anonymized and wrecked', () => {
  let journey: Journey
  beforeAll(async () => {
    journey = await travel()
  })
  afterAll(() => journey?.[Symbol.asyncDispose]())

  const inside = (sql: string) => queryOf(journey.url, sql)
  const both = async (sql: string) => {
    const expected = await journey.production.query(sql)
    expect(await inside(sql)).toEqual(expected)
    return expected
  }

  test('every table has as many rows as its source', async () => {
    const names = (await journey.production.query(tables)).map(({ name }) => name)
    const counts = names.map((name) => `SELECT '${name}' AS name, COUNT(*) AS n FROM \`${name}\``)
    const rows = await both(counts.join(' UNION ALL '))

    expect(rows).toHaveLength(11)
    expect(journey.built).toMatchObject({
      kind: 'mariadb',
      rows: rows.reduce((sum, { n }) => sum + Number(n), 0),
      tables: rows.length,
    })
    expect(journey.built.masked).toBeGreaterThan(10)
  })

  test('every key, foreign key and index is there', async () => {
    expect(await both(foreignKeys)).toHaveLength(11)
    expect((await both(indexes)).length).toBeGreaterThan(15)
  })

  test('joins and sums, views and functions say what they say in production', async () => {
    const [joined] = await both(join3)
    expect(Number(joined?.n)).toBeGreaterThan(1000)
    await both('SELECT SUM(Total) AS total FROM Invoice')
    await both('SELECT * FROM best ORDER BY CustomerId')
    await both('SELECT spent_by(7) AS spent')
  })

  test('what its application counts on holds, by the policy as it was proposed', async () => {
    expect(await both(unbalanced)).toEqual([])
    expect(await both(chiefs)).not.toEqual([])
    expect((await both(perPlaylist)).length).toBeGreaterThan(10)
    await both('SELECT COUNT(DISTINCT Email) AS n, COUNT(Company) AS firms FROM Customer')
    expect(await both('SELECT COUNT(*) AS n FROM Employee WHERE HireDate <= BirthDate')).toEqual([
      { n: '0' },
    ])
  })

  test('no name, e-mail or address of a person is in the data files', async () => {
    const telling = await valuesOf(journey.production, personal.telling)
    const files = await dataFilesOf(journey.box.id, 'db')

    expect(telling.length).toBeGreaterThan(200)
    expect(files.length).toBeGreaterThan(1_000_000)
    expect(survivors(telling, files)).toEqual([])
    expect(survivors(['Heavy Metal'], files)).toEqual(['Heavy Metal'])
  })

  test('no name of a person is a value of any column', async () => {
    const names = await valuesOf(journey.production, personal.names)
    const policy = parse(await journey.stuntdouble.read('masking.yaml')) as PolicyFile
    const kept = (await valuesAnswered(journey.production.adminUrl, policy, 'keep')).join('\n')
    const unmistakable = names.filter((name) => !kept.includes(name))
    const here = new Set(await valuesAnswered(journey.url, policy))

    expect(here.size).toBeGreaterThan(1000)
    expect(unmistakable.length).toBeGreaterThan(50)
    expect(unmistakable.filter((name) => here.has(name))).toEqual([])
  })

  test('whoever is inside may do what it likes to its database, and nothing to the server', async () => {
    const denied = async (sql: string) => {
      await expect(inside(sql), sql).rejects.toThrow(/denied|Access/i)
    }
    await denied("SELECT * FROM chinook.Artist INTO OUTFILE '/tmp/x'")
    await denied('SET GLOBAL general_log = 1')
    await denied('SELECT * FROM mysql.global_priv')
    await denied("CREATE USER other@'%'")
    await denied("INSTALL SONAME 'ha_connect'")
    await denied("CREATE DEFINER=root@'127.0.0.1' PROCEDURE p() SELECT 1")
    expect(await inside("SELECT LOAD_FILE('/etc/passwd') AS f")).toEqual([{ f: null }])
    await inside(
      'CREATE TRIGGER t BEFORE INSERT ON Genre FOR EACH ROW SET NEW.Name = UPPER(NEW.Name)',
    )
    await inside("INSERT INTO Genre VALUES (900, 'polka')")
    expect(await inside('SELECT Name FROM Genre WHERE GenreId = 900')).toEqual([{ Name: 'POLKA' }])
  })

  test('its tables can be dropped while production does not notice', async () => {
    const before = await journey.production.checksums()
    await inside('DROP DATABASE chinook')

    expect(await queryOf(journey.url.replace('/chinook', '/'), 'SHOW DATABASES')).toEqual([
      { Database: 'information_schema' },
    ])
    expect(Object.keys(before)).toHaveLength(11)
    expect(await journey.production.checksums()).toEqual(before)
  })

  test('after it is ended the receipt is clean and the engine holds nothing of it', async () => {
    const receipt = await journey.stuntdouble.json<{ clean: boolean }>(['down', journey.box.id])
    const left = await listLeftovers(await journey.stuntdouble.installation())

    expect(receipt).toMatchObject({ clean: true, doubts: [] })
    expect(left.filter(({ name }) => name.includes(journey.box.id))).toEqual([])
  })
})

const personal = {
  telling: `
    SELECT CONCAT(FirstName, ' ', LastName) FROM Customer UNION SELECT CONCAT(FirstName, ' ', LastName) FROM Employee
    UNION SELECT Email FROM Customer UNION SELECT Email FROM Employee
    UNION SELECT Address FROM Customer UNION SELECT Address FROM Employee UNION SELECT BillingAddress FROM Invoice
    UNION SELECT Phone FROM Customer UNION SELECT Phone FROM Employee`,
  names: `
    SELECT FirstName FROM Customer UNION SELECT LastName FROM Customer
    UNION SELECT FirstName FROM Employee UNION SELECT LastName FROM Employee`,
}

async function valuesOf(production: MariadbProduction, sql: string): Promise<string[]> {
  const rows = await production.query(sql)
  return rows.map((row) => Object.values(row)[0] ?? '').filter((value) => value.length >= 3)
}

/** Every value of the columns a policy answers for, or answers for like this. */
async function valuesAnswered(url: string, policy: PolicyFile, like?: string): Promise<string[]> {
  const values: string[] = []
  for (const [table, answers] of Object.entries(policy)) {
    const [, name] = table.replaceAll('"', '').split('.')
    // Beside the tables stands what the answers were given for.
    if (name === undefined) continue
    for (const [column, answer] of Object.entries(answers)) {
      if (like !== undefined && answer !== like) continue
      const rows = await queryOf(url, `SELECT DISTINCT \`${column}\` AS value FROM \`${name}\``)
      values.push(...rows.map(({ value }) => value ?? ''))
    }
  }
  return values
}

const tables =
  "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'chinook' AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1"
const foreignKeys = `SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME, DELETE_RULE, UPDATE_RULE
  FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = 'chinook' ORDER BY 1, 2`
const indexes = `SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE
  FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'chinook' ORDER BY 1, 2, 3`
const unbalanced = `SELECT i.InvoiceId FROM Invoice i JOIN InvoiceLine l USING (InvoiceId)
  GROUP BY i.InvoiceId, i.Total HAVING i.Total <> SUM(l.UnitPrice * l.Quantity)`
const chiefs =
  'SELECT c.EmployeeId, COUNT(*) AS n FROM Employee e JOIN Employee c ON c.EmployeeId = e.ReportsTo GROUP BY 1 ORDER BY 1'
const perPlaylist = 'SELECT PlaylistId, COUNT(*) AS n FROM PlaylistTrack GROUP BY 1 ORDER BY 1'
const join3 = `SELECT COUNT(*) AS n FROM InvoiceLine l JOIN Invoice i USING (InvoiceId) JOIN Customer c USING (CustomerId)
  JOIN Employee e ON e.EmployeeId = c.SupportRepId JOIN Track t USING (TrackId)`
