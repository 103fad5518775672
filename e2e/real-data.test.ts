import { Sandbox } from '@stuntdouble/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataFilesOf, emptyDataFiles, survivors } from './lib/data-files.ts'
import { absent, type Dataset, datasets, isPresent, loadDataset } from './lib/datasets.ts'
import { listLeftovers } from './lib/leftovers.ts'
import { type PersonalValues, personalValues } from './lib/personal-values.ts'
import { type Production, startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

interface Journey extends AsyncDisposable {
  readonly production: Production
  readonly stuntdouble: Stuntdouble
  readonly box: Sandbox
  readonly personal: PersonalValues
  readonly built: { id: string; rows: number; tables: number; masked: number }
}

interface Handed {
  readonly id: string
  readonly url: string
}

const configuration = `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
`
const blueprint = 'ttl: 30m\ndata: { db: { source: shop } }\n'

/** Production → review → snapshot → sandbox, by the front doors alone. */
async function travel(dataset: Dataset): Promise<Journey> {
  await using scope = new AsyncDisposableStack()
  const production = scope.use(await startProduction({ database: dataset.name }))
  await loadDataset(production, dataset)
  const stuntdouble = scope.use(
    await Stuntdouble.open({
      files: { 'stuntdouble.yaml': configuration, 'sandbox.yaml': blueprint },
      env: { SHOP_URL: production.url },
    }),
  )
  await stuntdouble.json(['data', 'review', '--source', 'shop'])
  const built = await stuntdouble.json<Journey['built']>(['snapshot', 'build', '--source', 'shop'])
  const { url } = await stuntdouble.json<Handed>(['up'])
  const policy = await stuntdouble.read('masking.yaml')
  const personal = await personalValues(production.adminUrl, dataset.personal, policy)
  const box = await Sandbox.connect(url)
  const parts = scope.move()
  return {
    production,
    stuntdouble,
    box,
    personal,
    built,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

describe.each(datasets.map((dataset) => [dataset.name, dataset] as const))(
  '%s',
  (name, dataset) => {
    if (!isPresent(dataset)) {
      test.skip(`${absent(dataset)}: put its dump there to run these`, () => {})
      return
    }
    describe('cloned, anonymized and wrecked', () => {
      let journey: Journey
      beforeAll(async () => {
        journey = await travel(dataset)
      })
      afterAll(() => journey?.[Symbol.asyncDispose]())

      const psql = async (sql: string) => {
        const { stdout, stderr, exitCode } = await journey.box.commands.run([
          'sh',
          '-c',
          'PGOPTIONS="-c client_min_messages=warning" psql "$DATABASE_URL" -XAtq -v ON_ERROR_STOP=1 -c "$1"',
          'sh',
          sql,
        ])
        expect(stderr).toBe('')
        expect(exitCode).toBe(0)
        return stdout.trim()
      }

      test('every table has as many rows as its source', async () => {
        const counts = await journey.production.query<{ name: string; rows: string }>(countQuery)
        const inside = (await psql(countQuery)).split('\n').map((line) => line.split('|'))

        expect(counts.length).toBeGreaterThan(5)
        expect(Object.fromEntries(inside)).toEqual(
          Object.fromEntries(counts.map(({ name, rows }) => [name, rows])),
        )
        const total = counts.reduce((sum, { rows }) => sum + Number(rows), 0)
        expect(journey.built).toMatchObject({ rows: total, tables: counts.length })
      })

      test('every foreign key of the source is there and validated', async () => {
        const [expected] = await journey.production.query<{ keys: string }>(foreignKeys)

        expect(await psql(foreignKeys)).toBe(expected?.keys)
        expect(Number(expected?.keys)).toBeGreaterThan(5)
        expect(
          await psql("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"),
        ).toBe('0')
      })

      test('joins still find as many rows', async () => {
        const join = joins[name] ?? ''
        const [expected] = await journey.production.query<{ count: string }>(join)

        expect(await psql(join)).toBe(expected?.count)
      })

      test('no name, e-mail or address of a person is in the data files', async () => {
        const { telling, names, words } = journey.personal
        const files = await dataFilesOf(journey.box.id, 'db')

        expect(telling.length).toBeGreaterThan(100)
        expect(files.length).toBeGreaterThan(1_000_000)
        expect(survivors(telling, files)).toEqual([])
        const distinct = names.filter((value) => value.length >= 6)
        expect(distinct.length).toBeGreaterThan(words)
        const catalogs = await emptyDataFiles('stuntdouble/postgres:15')
        expect(survivors(distinct, files)).toEqual(survivors(distinct, catalogs))
      })

      test('no name, e-mail or address of a person is in a dump', async () => {
        const { telling, names } = journey.personal
        const dumped = await journey.box.commands.run(
          'pg_dump --inserts "$DATABASE_URL" > /workspace/dump.sql',
        )
        expect(dumped.exitCode, dumped.stderr).toBe(0)
        const dump = Buffer.from(await journey.box.files.read('/workspace/dump.sql'))

        expect(dump.length).toBeGreaterThan(100_000)
        expect(survivors(telling, dump)).toEqual([])
        // As a whole value; as part of a word a short name proves nothing.
        expect(
          survivors(
            names.map((value) => `'${value.replaceAll("'", "''")}'`),
            dump,
          ),
        ).toEqual([])
      })

      test('its tables can be dropped while production does not notice', async () => {
        const before = await journey.production.checksums()
        await psql('DROP SCHEMA public CASCADE; CREATE SCHEMA public')

        expect(await psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).toBe('0')
        expect(await journey.production.checksums()).toEqual(before)
      })

      test('after it is ended the receipt is clean and the engine holds nothing of it', async () => {
        const receipt = await journey.stuntdouble.json<{ clean: boolean; inventory: object[] }>([
          'down',
          journey.box.id,
        ])
        const left = await listLeftovers(await journey.stuntdouble.installation())

        expect(receipt).toMatchObject({ clean: true, doubts: [] })
        expect(receipt.inventory.length).toBeGreaterThan(5)
        expect(left.filter(({ name }) => name.includes(journey.box.id))).toEqual([])
      })
    })
  },
)

const countQuery = `
  SELECT format('%I.%I', schemaname, tablename) AS name,
    (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM ONLY %I.%I', schemaname, tablename), false, true, '')))[1]::text AS rows
  FROM pg_tables JOIN pg_class c ON c.oid = format('%I.%I', schemaname, tablename)::regclass AND c.relkind = 'r'
  WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`

const foreignKeys = "SELECT count(*) AS keys FROM pg_constraint WHERE contype = 'f'"

const joins: Readonly<Record<string, string>> = {
  pagila: `SELECT count(*) FROM payment p JOIN rental r USING (rental_id) JOIN customer c ON c.customer_id = r.customer_id
    JOIN address a ON a.address_id = c.address_id JOIN city USING (city_id) JOIN country USING (country_id)`,
  chinook: `SELECT count(*) FROM invoice_line l JOIN invoice USING (invoice_id) JOIN customer c USING (customer_id)
    JOIN employee e ON e.employee_id = c.support_rep_id JOIN track USING (track_id)`,
}
