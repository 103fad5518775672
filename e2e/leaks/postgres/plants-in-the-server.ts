import { createHash } from 'node:crypto'
import { Invented } from '../people.ts'
import { literal, type Plant } from '../plant.ts'

/** What belongs to the server or the database, and to no table. */
export function plantsInTheServer(count: number): Plant[] {
  return [
    ...makers.map(([place, sqlOf]) => {
      const from = new Invented(place)
      const values = [...from.emails(count), ...from.secrets(count)]
      return { place, values, sql: values.map(sqlOf).join('\n') }
    }),
    rolePasswords(count),
    sequences(count),
  ]
}

type Sql = (value: string, at: number) => string
const makers: readonly (readonly [place: string, sql: Sql])[] = [
  [
    'comments on columns',
    (value, at) =>
      `CREATE TABLE said_${at} (id int); COMMENT ON COLUMN said_${at}.id IS ${literal(value)};`,
  ],
  [
    'comments on objects',
    (value, at) =>
      `CREATE FUNCTION told_${at}() RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION told_${at}() IS ${literal(value)};`,
  ],
  [
    'comments on roles',
    (value, at) => `CREATE ROLE told_${at}; COMMENT ON ROLE told_${at} IS ${literal(value)};`,
  ],
  [
    'foreign servers',
    (value, at) =>
      `CREATE EXTENSION IF NOT EXISTS postgres_fdw; CREATE SERVER far_${at} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'ledger', application_name ${literal(value)});`,
  ],
  [
    'user mappings',
    (value, at) =>
      `CREATE EXTENSION IF NOT EXISTS postgres_fdw; CREATE SERVER near_${at} FOREIGN DATA WRAPPER postgres_fdw; CREATE USER MAPPING FOR PUBLIC SERVER near_${at} OPTIONS (user 'ledger', password ${literal(value)});`,
  ],
  [
    'foreign tables',
    (value, at) =>
      `CREATE EXTENSION IF NOT EXISTS postgres_fdw; CREATE SERVER table_${at} FOREIGN DATA WRAPPER postgres_fdw; CREATE FOREIGN TABLE remote_${at} (id int) SERVER table_${at} OPTIONS (table_name ${literal(value)});`,
  ],
  [
    'subscriptions',
    (value, at) =>
      `CREATE SUBSCRIPTION sub_${at} CONNECTION ${literal(`host=ledger user=ledger password='${value}'`)} PUBLICATION p WITH (connect = false);`,
  ],
  [
    'publications',
    (value, at) =>
      `CREATE TABLE published_${at} (id text PRIMARY KEY); CREATE PUBLICATION pub_${at} FOR TABLE published_${at} WHERE (id <> ${literal(value)});`,
  ],
  [
    'event triggers',
    (value, at) =>
      `CREATE FUNCTION watch_${at}() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER ${identifier(`${at} ${value}`)} ON sql_drop EXECUTE FUNCTION watch_${at}();`,
  ],
  [
    'settings of roles',
    (value, at) =>
      `CREATE ROLE set_${at}; ALTER ROLE set_${at} SET app.contact = ${literal(value)};`,
  ],
  [
    'settings of the database',
    (value, at) =>
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET app.contact_${at} = %L', current_database(), ${literal(value)}); END $$;`,
  ],
  [
    'settings of roles in the database',
    (value, at) =>
      `DO $$ BEGIN CREATE ROLE both_${at}; EXECUTE format('ALTER ROLE both_${at} IN DATABASE %I SET app.contact = %L', current_database(), ${literal(value)}); END $$;`,
  ],
  [
    'large objects',
    (value) => `SELECT lo_from_bytea(0, convert_to(${literal(`letter to ${value}`)}, 'UTF8'));`,
  ],
]

const identifier = (text: string) => `"${text.slice(0, 60).replaceAll('"', '')}"`

/** What is stored of a password: enough to log in with, and to try passwords against. */
function rolePasswords(count: number): Plant {
  const verifiers = Array.from({ length: count }, (_, at) => {
    const bytes = (what: string) => createHash('sha256').update(`${what} ${at}`).digest('base64')
    return `SCRAM-SHA-256$4096:${bytes('salt').slice(0, 24)}$${bytes('stored')}:${bytes('server')}`
  })
  return {
    place: 'role passwords',
    values: verifiers,
    sql: verifiers
      .map((verifier, at) => `CREATE ROLE login_${at} LOGIN PASSWORD ${literal(verifier)};`)
      .join('\n'),
  }
}

/** How many orders there were is nobody's business either. */
function sequences(count: number): Plant {
  const from = new Invented('sequences')
  const values = Array.from({ length: count }, () => `7${from.characters(14, '0123456789')}`)
  return {
    place: 'positions of sequences',
    values,
    sql: values
      .map(
        (value, at) => `CREATE SEQUENCE counter_${at}; SELECT setval('counter_${at}', ${value});`,
      )
      .join('\n'),
  }
}
