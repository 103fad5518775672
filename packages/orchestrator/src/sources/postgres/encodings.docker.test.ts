import { afterAll, describe, expect, test } from 'vitest'
import { postgresKind } from './postgres.ts'
import { roundTrip } from './testing/round-trip.ts'
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
