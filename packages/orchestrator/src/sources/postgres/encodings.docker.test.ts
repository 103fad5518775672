import { afterAll, describe, expect, test } from 'vitest'
import { parsePolicyFile } from '../../masking/masking.ts'
import { maskedTrip } from '../testing/masked-trip.ts'
import { roundTrip } from '../testing/round-trip.ts'
import { postgresKind } from './postgres.ts'
import { startServer } from './testing/server.ts'

const signal = () => AbortSignal.timeout(60_000)
const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())

describe.each([
  ['LATIN1', "convert_from('\\xe9', 'LATIN1')"],
  // Bytes that are no text in any encoding: such a server takes them as they are.
  ['SQL_ASCII', "encode('\\x', 'escape') || E'\\xe9\\xff'"],
])('a source in %s', (encoding, expression) => {
  test('arrives byte for byte in a cluster of its encoding', async () => {
    const server = stack.use(await startServer(16, { encoding }))
    const staging = stack.use(await startServer(18, { encoding }))
    const origin = await server.client()
    await origin.query(`CREATE TABLE t AS SELECT ${expression} AS word`)

    await using source = await postgresKind.open({ name: 'old', url: server.url() }, signal())
    expect(source.encoding).toBe(encoding)
    const superuser = { ...staging.superuser, database: 'copy' }
    await using target = await postgresKind.target(staging.dial, superuser, signal())
    await roundTrip(source, target, signal())

    const bytes = "SELECT encode(textsend(word), 'hex') AS hex FROM t"
    await origin.query("SET client_encoding = 'SQL_ASCII'")
    const copy = await staging.client('copy')
    await copy.query("SET client_encoding = 'SQL_ASCII'")
    const wanted = (await origin.query(bytes)).rows
    expect(wanted[0].hex).toMatch(/e9/)
    expect((await copy.query(bytes)).rows).toEqual(wanted)
  })
})

describe.each([
  ['LATIN1', "convert_from('\\xe9', 'LATIN1')"],
  ['SQL_ASCII', "E'\\xe9\\xff'"],
])('a source in %s, masked', (encoding, word) => {
  test('keeps the bytes of what is kept, and takes what is made up', async () => {
    const server = stack.use(await startServer(13, { encoding }))
    const staging = stack.use(await startServer(16, { encoding }))
    const origin = await server.client()
    await origin.query("SET client_encoding = 'SQL_ASCII'")
    await origin.query(
      `CREATE TABLE t (kept text, name text, doc json, names text[], code text);
       INSERT INTO t SELECT w, 'Ren' || w, ('{"a": "Ren' || w || '", "kept": "' || w || '"}')::json, ARRAY['Ren' || w], 'R' || w || '1'
         FROM (SELECT ${word}) AS f(w)`,
    )

    await using source = await postgresKind.open({ name: 'old', url: server.url() }, signal())
    const superuser = { ...staging.superuser, database: 'copy' }
    await using target = await postgresKind.target(staging.dial, superuser, signal())
    const { policy } = parsePolicyFile(
      'public.t: { kept: keep, name: full_name, doc: { json: { $.kept: keep } }, names: first_name, code: secret }',
      'masking.yaml',
    )
    await maskedTrip({ source, target, policy }, signal())

    const sql =
      "SELECT encode(textsend(kept), 'hex') AS kept, encode(textsend(doc ->> 'kept'), 'hex') AS inside, t::text AS all FROM t"
    const copy = await staging.client('copy')
    await copy.query("SET client_encoding = 'SQL_ASCII'")
    const [wanted] = (await origin.query(sql)).rows
    const [row] = (await copy.query(sql)).rows
    expect(row).toMatchObject({ kept: wanted.kept, inside: wanted.inside })
    expect(row.all).not.toContain('Ren')
  })
})
