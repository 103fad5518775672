import { readFile } from 'node:fs/promises'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answeringTables,
  parsePolicyFile,
  policyProblems,
  unanswered,
} from '../../masking/masking.ts'
import type { Source } from '../sources.ts'
import { maskedTrip } from '../testing/masked-trip.ts'
import { postgresKind } from './postgres.ts'
import { type Major, startServer } from './testing/server.ts'

const signal = AbortSignal.timeout(300_000)

const policyText = `
public.person:
  id: keep
  mail: email
  login: secret
  nick: username
  short: text
  nicks: first_name
  grid: text
  tagged: email
  moods: keep
  place: { json: { $.street: address, $.zip: postcode, $.floor: keep } }
  places: json
  more: { json: { $.phone: phone } }
  path: text
  stay: date
  stays: date
  born: date
  doc: json
  docb: json
  raw: bytes
  page: text
  ip: ip
  mac: secret
  lat: number
  salary: number
  kept: keep
  kept_json: keep
public.mention: { id: keep, mail: email, undeclared: { like: public.person.mail } }
public.visit: { id: keep, tenant: company, at: { date: { shift_by: id } }, left_at: { date: { shift_by: id } } }
public.booking: { id: keep, guest: full_name, during: keep, gone: date, code: secret }
public.chain: { code: secret, next: secret }
`

describe.each([13, 16, 18] as Major[])('a masked copy of PostgreSQL %i', (major) => {
  const stack = new AsyncDisposableStack()
  let source: Source
  let before: Client
  let after: Client

  beforeAll(async () => {
    const server = stack.use(await startServer(major))
    await (await server.client()).query('CREATE DATABASE people')
    before = await server.client('people')
    await before.query(
      await readFile(new URL('testing/masked-schema.sql', import.meta.url), 'utf8'),
    )
    const url = server.url({ database: 'people' })
    source = stack.use(await postgresKind.open({ name: 'people', url }, signal))
    const staging = stack.use(await startServer(18))
    const superuser = { ...staging.superuser, database: 'people' }
    const target = stack.use(await postgresKind.target(staging.dial, superuser, signal))
    const { policy } = parsePolicyFile(policyText, 'masking.yaml')
    const shapes = answeringTables(source.tables)
    expect(unanswered(shapes, policy)).toEqual([])
    expect(policyProblems(shapes, policy)).toEqual([])
    await maskedTrip({ source, target, policy }, signal)
    after = await staging.client('people')
  })
  afterAll(() => stack.disposeAsync())

  const both = async (sql: string) => [
    (await before.query(sql)).rows,
    (await after.query(sql)).rows,
  ]

  test('holds no name, and every value is valid', async () => {
    const { rows } = await after.query(
      'SELECT person::text AS row FROM person UNION ALL SELECT mention::text FROM mention',
    )
    expect(rows).toHaveLength(122)
    const told = rows.filter(({ row }) =>
      /jane|john|elm |attic|corp|ann[0-9@]|doe|poison|1,234\.56|12\.345/i.test(row),
    )
    expect(told).toEqual([])
  })

  test('keeps what is kept byte for byte, and NULL and empty as they are', async () => {
    const [there, here] = await both(
      `SELECT id, kept, kept_json::text, moods::text, (place).floor, mail IS NULL AS a, login = '' AS b,
              array_dims(grid) AS d, grid[1][2] AS e, grid[2][2] IS NULL AS f, (places)[2] IS NULL AS g FROM person ORDER BY id`,
    )
    expect(here).toEqual(there)
  })

  test('keeps the form of composites, arrays, stores, trees and ranges', async () => {
    const { rows } = await after.query(
      `SELECT (place).street, (place).zip, (place).parts, more OPERATOR(ext.->) 'phone' AS phone, more OPERATOR(ext.->) 'none' AS none,
              ext.nlevel(path) AS levels, upper(stay) - lower(stay) AS days, upper(stays[1]) - lower(stays[1]) AS span, isempty(stays[2]) AS empty, doc::text AS doc
         FROM person WHERE id = 7`,
    )
    expect(rows[0]).toMatchObject({ none: null, levels: 2, empty: true })
    expect(rows[0].zip).toMatch(/^\d{5}$/)
    expect(rows[0].parts).toMatch(/^\{[A-Z][a-z]+,NULL\}$/)
    expect(rows[0].phone).toMatch(/^\+\d\d \d\d \d{4}$/)
    expect(rows[0].days).toBe(3653)
    expect(rows[0].span).toMatchObject({
      days: 1,
      hours: 1,
      minutes: 30,
      seconds: 15,
      milliseconds: 500,
    })
    expect(rows[0].doc).toMatch(/^\{"a": "[A-Z][a-z]{3}", "a": 12345678901234567890, "n": null\}$/)
  })

  test('joins as before, declared or not, in every case of letters', async () => {
    const [there, here] = await both(
      `SELECT p.id, m.id AS declared, u.id AS undeclared FROM person p JOIN mention m ON m.mail = p.mail
         JOIN mention u ON u.undeclared = p.mail ORDER BY p.id`,
    )
    expect(here).toEqual(there)
    expect(here).toHaveLength(60)
  })

  test('writes every row into the partition that its masked key asks for', async () => {
    const [there, here] = await both('SELECT count(*), count(DISTINCT tenant) FROM visit')
    expect(here).toEqual(there)
    const { rows } = await after.query(
      'SELECT tableoid::regclass::text AS part FROM ONLY visit_acme',
    )
    expect(rows).toEqual([])
  })

  test('keeps the order of dates that are shifted together', async () => {
    const { rows } = await after.query('SELECT DISTINCT left_at > at AS later FROM visit')
    expect(rows).toEqual([{ later: true }])
    const [there, here] = await both('SELECT id, left_at - at AS span FROM visit ORDER BY id')
    expect(here).toEqual(there)
  })

  test('makes the words for searching from its own rows', async () => {
    const { rows } = await after.query(
      "SELECT count(*)::int AS found FROM person WHERE words @@ plainto_tsquery('english', login) AND made @@ plainto_tsquery('english', login)",
    )
    expect(rows).toEqual([{ found: 61 }])
  })

  test('counts on behind its own rows', async () => {
    const { rows } = await after.query(
      "SELECT nextval('visit_id_seq')::int AS next, (SELECT max(id)::int FROM visit) AS last",
    )
    expect(rows[0].next).toBe(rows[0].last + 1)
  })
})
