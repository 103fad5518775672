import { Invented } from '../people.ts'
import { literal, type Plant, rowsOf } from '../plant.ts'
import { copiesOfRows } from './copies-of-rows.ts'

/** What production keeps in its tables, in every way in which a value can lie there. */
export function plantsInRows(count: number): Plant[] {
  return [
    ...plainRows(count),
    ...longTexts(count),
    ...documents(count),
    ...byItsCharacters(count),
    ...byItsWork(count),
    ...copiesOfRows(count),
  ]
}

function plainRows(count: number): Plant[] {
  const kinds = [
    ['heap', 'customers', 'ROW_FORMAT=DYNAMIC'],
    ['redundant rows', 'visitors', 'ROW_FORMAT=REDUNDANT'],
    ['compressed tables', 'members', 'ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8'],
  ] as const
  return kinds.map(([place, table, format]) => {
    const people = new Invented(place).people(count)
    const rows = people.map(({ name, email, phone, address }, id) => [
      id,
      name,
      email,
      phone,
      address,
    ])
    return {
      place,
      values: people.flatMap(({ name, email, phone, address }) => [name, email, phone, address]),
      sql: `CREATE TABLE ${table} (id INT PRIMARY KEY, full_name TEXT, email VARCHAR(191) UNIQUE, phone TEXT, address TEXT) ${format};
        INSERT INTO ${table} VALUES ${rowsOf(rows)};`,
      inPlace: `UPDATE ${table} SET full_name = CONCAT('Person ', id), email = CONCAT('user', id, '@example.com'), phone = id, address = CONCAT(id, ' Road')`,
    }
  })
}

const prose = 'The parcel was left with the neighbour, who signed for it and said so. '

/** In the page, on pages of their own, and compressed. */
function longTexts(count: number): Plant[] {
  const kinds = [
    ['long texts, in the page', 'notes', 'TEXT', 3],
    ['long texts, off the page', 'letters', 'LONGTEXT', 400],
    ['compressed columns', 'scans', 'LONGTEXT COMPRESSED', 400],
  ] as const
  return kinds.map(([place, table, type, times]) => {
    const people = new Invented(place).people(count)
    const values = people.map(
      ({ email, name }, id) =>
        `(${id}, CONCAT(REPEAT(${literal(prose)}, ${times}), ${literal(`Dear ${name} (${email}),`)}, REPEAT(${literal(prose)}, 3)))`,
    )
    return {
      place,
      values: people.flatMap(({ name, email }) => [name, email]),
      sql: `CREATE TABLE ${table} (id INT PRIMARY KEY, body ${type});
        INSERT INTO ${table} VALUES ${values.join(', ')};`,
      inPlace: `UPDATE ${table} SET body = CONCAT('scrubbed ', id)`,
    }
  })
}

function documents(count: number): Plant[] {
  const people = new Invented('json values').people(count)
  const keys = new Invented('json keys').emails(count)
  const files = new Invented('blob').emails(count)
  const documents = people.map(({ name, email, phone }, id) => [
    id,
    JSON.stringify({ contact: { name, email }, numbers: [phone] }),
  ])
  return [
    {
      place: 'json values',
      values: people.flatMap(({ name, email, phone }) => [name, email, phone]),
      sql: `CREATE TABLE profiles (id INT PRIMARY KEY, data JSON);
        INSERT INTO profiles VALUES ${rowsOf(documents)};`,
      inPlace: "UPDATE profiles SET data = '{}'",
    },
    {
      place: 'json keys',
      values: keys,
      sql: `CREATE TABLE shares (id INT PRIMARY KEY, grants JSON);
        INSERT INTO shares VALUES ${rowsOf(keys.map((email, id) => [id, JSON.stringify({ [email]: 'owner' })]))};`,
      inPlace: "UPDATE shares SET grants = '{}'",
    },
    {
      place: 'blob documents',
      values: files,
      sql: `CREATE TABLE files (id INT PRIMARY KEY, content LONGBLOB);
        INSERT INTO files VALUES ${rowsOf(files.map((email, id) => [id, `%PDF-1.4 /Author (${email})`]))};`,
      inPlace: "UPDATE files SET content = ''",
    },
  ]
}

/** Not as they are written, but as they are stored. */
function byItsCharacters(count: number): Plant[] {
  const kinds = [
    ['latin1 columns', 'latin', 'VARCHAR(191) CHARACTER SET latin1'],
    ['utf16 columns', 'wide', 'VARCHAR(191) CHARACTER SET utf16'],
    [
      'logins of any case',
      'logins',
      'VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci UNIQUE',
    ],
    ['prefix keys', 'hinted', 'TEXT, UNIQUE KEY hint (email(60))'],
  ] as const
  return kinds.map(([place, table, type]) => {
    const values = new Invented(place).emails(count)
    return {
      place,
      values,
      sql: `CREATE TABLE ${table} (id INT PRIMARY KEY, email ${type});
        INSERT INTO ${table} VALUES ${rowsOf(values.map((email, id) => [id, email]))};`,
      inPlace: `UPDATE ${table} SET email = CONCAT('user', id, '@example.com')`,
    }
  })
}

/** Tables of machinery: logs, queues. */
function byItsWork(count: number): Plant[] {
  const logged = new Invented('log').emails(count)
  const queued = new Invented('queue').people(count)
  const tokens = new Invented('queue tokens').secrets(count)
  const jobs = queued.map(({ email }, id) => [
    id,
    'mail',
    JSON.stringify({ to: email, api_key: tokens[id] ?? '' }),
  ])
  return [
    {
      place: 'log tables',
      values: logged,
      sql: `CREATE TABLE audit_log (id INT PRIMARY KEY, level VARCHAR(9), message TEXT);
        INSERT INTO audit_log VALUES ${rowsOf(logged.map((email, id) => [id, 'info', `reset mail sent to ${email} after 3 tries`]))};`,
      inPlace: "UPDATE audit_log SET message = 'scrubbed'",
      objects: ['shop.audit_log.message'],
      remedy: { table: 'shop.audit_log', column: 'message', strategy: 'text' },
    },
    {
      place: 'queue tables',
      values: [...queued.map(({ email }) => email), ...tokens],
      sql: `CREATE TABLE jobs (id INT PRIMARY KEY, queue VARCHAR(9), payload JSON);
        INSERT INTO jobs VALUES ${rowsOf(jobs)};`,
      inPlace: "UPDATE jobs SET payload = '{}'",
      objects: ['shop.jobs.payload'],
      remedy: { table: 'shop.jobs', column: 'payload', strategy: 'json' },
    },
  ]
}
