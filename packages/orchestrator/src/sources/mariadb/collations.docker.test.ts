import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parsePolicyFile, policyProblems } from '../../masking/masking.ts'
import { maskedTrip } from '../testing/masked-trip.ts'
import { openSource } from './open.ts'
import type { Session } from './session.ts'
import { openTarget } from './target.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = AbortSignal.timeout(300_000)

const words =
  'Anna Ànna anná Straße strasse Strase Öre Ore Oere Ære Aere ij jj iy yu vw ww Жук жёк жек aa å llama chico'
const odd = '日本 🦊 🐻 x🦊 a1 á1 A-1 Zoë,Doe ﬁn fin Ⅷ viii x y z'
const many = Array.from({ length: 40 }, (_, at) => `é${at}ö${at % 7}`)
const real = [...words.split(' '), ...odd.split(' '), ...many]
const variations = real.flatMap((word) => [
  word,
  word.toUpperCase(),
  word.toLowerCase(),
  `${word}  `,
])

let production: TestServer
let staging: TestServer
beforeAll(async () => {
  ;[production, staging] = await Promise.all([startServer(), startServer()])
})
afterAll(async () => {
  await production?.[Symbol.asyncDispose]()
  await staging?.[Symbol.asyncDispose]()
})

/** One of each that the collation tells apart, and whatever finds it. */
async function fill(session: Session, database: string, collation: string): Promise<void> {
  const type = `VARCHAR(60) CHARACTER SET ${collation.split('_')[0]} COLLATE ${collation}`
  await session.run(`CREATE DATABASE ${database}`)
  await session.run(`USE ${database}`)
  await session.run(
    `CREATE TABLE person (id INT PRIMARY KEY, name ${type} NOT NULL UNIQUE, code ${type} UNIQUE)`,
  )
  await session.run(
    `CREATE TABLE mention (id INT PRIMARY KEY, name ${type} REFERENCES person (name), undeclared ${type})`,
  )
  const literal = (word: string) => `'${word}'`
  const people = real.map((word, id) => `(${id}, ${literal(word)}, ${literal(word)})`)
  await session.run(`INSERT IGNORE INTO person VALUES ${people.join(', ')}`)
  const mentions = variations.map((word, id) => `(${id}, ${literal(word)}, ${literal(word)})`)
  await session.run(`INSERT IGNORE INTO mention VALUES ${mentions.join(', ')}`)
}

describe.each([
  ...['utf8mb4_general_ci', 'utf8mb4_unicode_ci', 'utf8mb4_unicode_520_nopad_ci', 'utf8mb4_bin'],
  ...['utf8mb4_nopad_bin', 'utf8mb4_uca1400_ai_ci', 'utf8mb4_uca1400_as_ci', 'utf8mb3_general_ci'],
  ...['utf8mb4_danish_ci', 'utf8mb3_lithuanian_ci', 'utf8mb4_roman_ci', 'utf8mb4_turkish_ci'],
  ...[
    'latin1_swedish_ci',
    'latin1_german2_ci',
    'latin1_general_cs',
    'cp1251_general_ci',
    'ucs2_unicode_ci',
  ],
])('under %s', (collation) => {
  test.each([
    ['full_name', 'secret'],
    ['secret', 'text'],
  ])('keys hold and joins find what they found, masked as %s and %s', async (name, code) => {
    const database = `c_${collation}_${name}`
    const before = await production.session()
    await fill(before, database, collation)
    const url = production.url({ database })
    await using source = await openSource({ name: 'shop', url }, signal)
    await (await staging.session()).run("DROP USER IF EXISTS app@'%'")
    const credentials = { ...staging.superuser, database }
    await using target = await openTarget(staging.dial, credentials, signal)
    const { policy } = parsePolicyFile(
      `${database}.person: { id: keep, name: ${name}, code: ${code} }
${database}.mention: { id: keep, name: ${name}, undeclared: { like: ${database}.person.name } }`,
      'masking.yaml',
    )
    expect(policyProblems(source.tables, policy)).toEqual([])
    await maskedTrip({ source, target, policy }, signal)

    const after = await staging.session(database)
    const joins = `SELECT p.id, GROUP_CONCAT(DISTINCT m.id ORDER BY m.id) AS declared, GROUP_CONCAT(DISTINCT u.id ORDER BY u.id) AS undeclared
      FROM person p LEFT JOIN mention m ON m.name = p.name LEFT JOIN mention u ON u.undeclared = p.name GROUP BY p.id`
    const found = await before.rows(joins)
    expect(found.length).toBeGreaterThan(40)
    expect(await after.rows(joins)).toEqual(found)
    const told = await after.rows(
      "SELECT name, code FROM person WHERE name LIKE '%anna%' OR code LIKE '%anna%'",
    )
    expect(told).toEqual([])
  })
})
