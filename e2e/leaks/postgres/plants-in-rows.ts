import { Invented } from '../people.ts'
import { literal, type Plant, rowsOf } from '../plant.ts'

/** What production keeps in its tables, in every way in which a value can lie there. */
export function plantsInRows(count: number): Plant[] {
  return [
    ...plainRows(count),
    ...longTexts(count),
    ...documents(count),
    ...structured(count),
    ...byItsWork(count),
    ...copiesOfRows(count),
  ]
}

function plainRows(count: number): Plant[] {
  return ['TABLE', 'UNLOGGED TABLE'].map((kind) => {
    const place = kind === 'TABLE' ? 'heap' : 'unlogged tables'
    const people = new Invented(place).people(count)
    const table = kind === 'TABLE' ? 'customers' : 'visitors'
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
      sql: `CREATE ${kind} ${table} (id int PRIMARY KEY, full_name text, email text UNIQUE, phone text, address text);
        INSERT INTO ${table} VALUES ${rowsOf(rows)}; ANALYZE ${table};`,
      inPlace: `UPDATE ${table} SET full_name = 'Person ' || id, email = 'user' || id || '@example.com', phone = id, address = id || ' Road'`,
    }
  })
}

const prose = 'The parcel was left with the neighbour, who signed for it and said so. '

/** Compressed inline, compressed out of line, and out of line as it is. */
function longTexts(count: number): Plant[] {
  const kinds = [
    ['heap, compressed', 'notes', 'MAIN', 60],
    ['TOAST, compressed', 'letters', 'EXTENDED', 400],
    ['TOAST, external', 'scans', 'EXTERNAL', 400],
  ] as const
  return kinds.map(([place, table, storage, times]) => {
    const people = new Invented(place).people(count)
    const rows = people.map(({ email, name }, id) => [id, `Dear ${name} (${email}),`])
    return {
      place,
      values: people.flatMap(({ name, email }) => [name, email]),
      sql: `CREATE TABLE ${table} (id int PRIMARY KEY, body text); ALTER TABLE ${table} ALTER body SET STORAGE ${storage};
        INSERT INTO ${table} SELECT id, repeat(${literal(prose)}, ${times}) || opening || repeat(${literal(prose)}, 30)
          FROM (VALUES ${rowsOf(rows)}) AS t (id, opening);`,
      inPlace: `UPDATE ${table} SET body = 'scrubbed ' || id`,
    }
  })
}

function documents(count: number): Plant[] {
  const values = new Invented('json values').people(count)
  const keys = new Invented('json keys').emails(count)
  const files = new Invented('bytea').people(count)
  const markup = new Invented('xml').people(count)
  return [
    {
      place: 'json values',
      values: values.flatMap(({ name, email, phone }) => [name, email, phone]),
      sql: `CREATE TABLE profiles (id int PRIMARY KEY, data jsonb);
        INSERT INTO profiles SELECT id, jsonb_build_object('contact', jsonb_build_object('name', n, 'email', e), 'numbers', jsonb_build_array(p))
          FROM (VALUES ${rowsOf(values.map(({ name, email, phone }, id) => [id, name, email, phone]))}) AS t (id, n, e, p);`,
      inPlace: "UPDATE profiles SET data = '{}'",
    },
    {
      place: 'json keys',
      values: keys,
      sql: `CREATE TABLE shares (id int PRIMARY KEY, grants json);
        INSERT INTO shares SELECT id, json_build_object(e, 'owner') FROM (VALUES ${rowsOf(keys.map((email, id) => [id, email]))}) AS t (id, e);`,
      inPlace: "UPDATE shares SET grants = '{}'",
    },
    {
      place: 'bytea documents',
      values: files.map(({ email }) => email),
      sql: `CREATE TABLE files (id int PRIMARY KEY, content bytea);
        INSERT INTO files SELECT id, convert_to('%PDF-1.4 /Author (' || e || ')', 'UTF8') FROM (VALUES ${rowsOf(files.map(({ email }, id) => [id, email]))}) AS t (id, e);`,
      inPlace: "UPDATE files SET content = ''",
    },
    {
      place: 'xml',
      values: markup.flatMap(({ name, email }) => [name, email]),
      sql: `CREATE TABLE orders_xml (id int PRIMARY KEY, doc xml);
        INSERT INTO orders_xml SELECT id, format('<order by="%s"><mail>%s</mail></order>', n, e)::xml FROM (VALUES ${rowsOf(markup.map(({ name, email }, id) => [id, name, email]))}) AS t (id, n, e);`,
      inPlace: "UPDATE orders_xml SET doc = '<order/>'",
    },
  ]
}

function structured(count: number): Plant[] {
  const lists = new Invented('arrays').emails(count)
  const pairs = new Invented('hstore').emails(count)
  const composite = new Invented('composite types').people(count)
  const lexemes = new Invented('tsvector').emails(count)
  const insensitive = new Invented('citext').emails(count)
  const each = (values: readonly string[]) =>
    `(VALUES ${rowsOf(values.map((value, id) => [id, value]))}) AS t (id, v)`
  return [
    {
      place: 'arrays',
      values: lists,
      sql: `CREATE TABLE teams (id int PRIMARY KEY, members text[]); INSERT INTO teams SELECT id, ARRAY['ops', v] FROM ${each(lists)};`,
      inPlace: "UPDATE teams SET members = '{}'",
    },
    {
      place: 'hstore',
      values: pairs,
      sql: `CREATE EXTENSION hstore; CREATE TABLE settings_of (id int PRIMARY KEY, props hstore); INSERT INTO settings_of SELECT id, hstore('mail', v) FROM ${each(pairs)};`,
      inPlace: "UPDATE settings_of SET props = ''",
    },
    {
      place: 'composite types',
      values: composite.flatMap(({ name, email }) => [name, email]),
      sql: `CREATE TYPE contact AS (name text, email text); CREATE TABLE offices (id int PRIMARY KEY, head contact);
        INSERT INTO offices SELECT id, ROW(n, e)::contact FROM (VALUES ${rowsOf(composite.map(({ name, email }, id) => [id, name, email]))}) AS t (id, n, e);`,
      inPlace: 'UPDATE offices SET head = NULL',
    },
    {
      place: 'tsvector',
      values: lexemes,
      sql: `CREATE TABLE searchable (id int PRIMARY KEY, words tsvector); INSERT INTO searchable SELECT id, to_tsvector('simple', v) FROM ${each(lexemes)};`,
      inPlace: "UPDATE searchable SET words = ''",
    },
    {
      place: 'citext',
      values: insensitive,
      sql: `CREATE EXTENSION citext; CREATE TABLE logins (id int PRIMARY KEY, login citext UNIQUE); INSERT INTO logins SELECT id, v FROM ${each(insensitive)};`,
      inPlace: "UPDATE logins SET login = 'login' || id",
    },
  ]
}

/** Tables of machinery: logs, queues, schedules, sessions. */
function byItsWork(count: number): Plant[] {
  const logged = new Invented('log').emails(count)
  const queued = new Invented('queue').people(count)
  const tokens = new Invented('queue tokens').secrets(count)
  const commands = new Invented('cron').secrets(count)
  const sessions = new Invented('application_name').emails(count)
  return [
    {
      place: 'log tables',
      values: logged,
      sql: `CREATE TABLE audit_log (id int PRIMARY KEY, level text, message text);
        INSERT INTO audit_log SELECT id, 'info', 'reset mail sent to ' || v || ' after 3 tries' FROM (VALUES ${rowsOf(logged.map((email, id) => [id, email]))}) AS t (id, v);`,
      inPlace: "UPDATE audit_log SET message = 'scrubbed'",
      objects: ['public.audit_log.message'],
      remedy: { table: 'public.audit_log', column: 'message', strategy: 'text' },
    },
    {
      place: 'queue tables',
      values: [...queued.map(({ email }) => email), ...tokens],
      sql: `CREATE TABLE jobs (id int PRIMARY KEY, queue text, payload jsonb, run_at timestamptz);
        INSERT INTO jobs SELECT id, 'mail', jsonb_build_object('to', e, 'api_key', k), now() FROM (VALUES ${rowsOf(queued.map(({ email }, id) => [id, email, tokens[id] ?? '']))}) AS t (id, e, k);`,
      inPlace: "UPDATE jobs SET payload = '{}'",
      objects: ['public.jobs.payload'],
      remedy: { table: 'public.jobs', column: 'payload', strategy: 'json' },
    },
    {
      place: 'cron tables',
      values: commands,
      sql: `CREATE SCHEMA cron; CREATE TABLE cron.job (jobid int PRIMARY KEY, schedule text, command text, active bool);
        INSERT INTO cron.job SELECT id, '0 3 * * *', 'SELECT sync(''' || v || ''')', true FROM (VALUES ${rowsOf(commands.map((secret, id) => [id, secret]))}) AS t (id, v);`,
      objects: ['cron.job.command'],
      remedy: { table: 'cron.job', column: 'command', strategy: 'text' },
    },
    {
      place: 'application_name',
      values: sessions,
      sql: `CREATE TABLE connections (id int PRIMARY KEY, application_name text);
        ${sessions.map((email, id) => `SET application_name = ${literal(email)}; INSERT INTO connections VALUES (${id}, current_setting('application_name'));`).join('\n')} RESET application_name;`,
      inPlace: "UPDATE connections SET application_name = 'app'",
      objects: ['public.connections.application_name'],
      remedy: { table: 'public.connections', column: 'application_name', strategy: 'text' },
    },
  ]
}

/** The same rows once more: in an index, a view's rows, the planner's statistics, what was deleted. */
function copiesOfRows(count: number): Plant[] {
  const table = (name: string, values: readonly string[]) =>
    `CREATE TABLE ${name} (id int PRIMARY KEY, email text); INSERT INTO ${name} VALUES ${rowsOf(values.map((email, id) => [id, email]))};`
  const masked = (name: string) => `UPDATE ${name} SET email = 'user' || id || '@example.com'`
  const of = (place: string) => new Invented(place).emails(count)
  const [indexed, viewed, common, correlated] = ['index', 'matview', 'mcv', 'extended'].map(of) as [
    string[],
    string[],
    string[],
    string[],
  ]
  const [dead, dropped, logged, leaf] = ['dead', 'dropped', 'wal', 'leaf'].map(of) as [
    string[],
    string[],
    string[],
    string[],
  ]
  return [
    {
      place: 'expression indexes',
      values: indexed,
      sql: `${table('accounts', indexed)} CREATE INDEX ON accounts (reverse(upper(email)), lower(email)); CREATE INDEX ON accounts USING gin (to_tsvector('simple', email));`,
      inPlace: masked('accounts'),
    },
    {
      place: 'materialized views',
      values: viewed,
      sql: `${table('buyers', viewed)} CREATE MATERIALIZED VIEW best_buyers AS SELECT * FROM buyers; CREATE INDEX ON best_buyers (email);`,
      inPlace: masked('buyers'),
    },
    {
      place: 'statistics',
      values: common,
      sql: `CREATE TABLE visits (id int PRIMARY KEY, email text); INSERT INTO visits SELECT n * ${count} + id, email FROM generate_series(0, 9) n, (VALUES ${rowsOf(common.map((email, id) => [id, email]))}) AS t (id, email);
        ALTER TABLE visits ALTER email SET STATISTICS 1000; ANALYZE visits;`,
      inPlace: masked('visits'),
    },
    {
      place: 'extended statistics',
      values: correlated,
      sql: `CREATE TABLE trips (id int PRIMARY KEY, email text, city text); INSERT INTO trips SELECT n * ${count} + id, email, 'Town ' || id % 7 FROM generate_series(0, 9) n, (VALUES ${rowsOf(correlated.map((email, id) => [id, email]))}) AS t (id, email);
        CREATE STATISTICS trips_mcv (mcv) ON email, city FROM trips; ANALYZE trips;`,
      inPlace: masked('trips'),
    },
    {
      place: 'dead tuples',
      values: dead,
      sql: `${table('leavers', dead)} ALTER TABLE leavers SET (autovacuum_enabled = off); DELETE FROM leavers; INSERT INTO leavers VALUES (0, 'nobody@example.com');`,
    },
    {
      place: 'dropped columns',
      values: dropped,
      sql: `${table('former', dropped)} ALTER TABLE former DROP COLUMN email;`,
    },
    { place: 'WAL', values: logged, sql: `${table('imported', logged)} DROP TABLE imported;` },
    {
      place: 'partitions',
      values: leaf,
      sql: `CREATE TABLE events (id int, email text, day date) PARTITION BY RANGE (day); CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
        INSERT INTO events SELECT id, email, '2024-05-01' FROM (VALUES ${rowsOf(leaf.map((email, id) => [id, email]))}) AS t (id, email);`,
      inPlace: "UPDATE events SET email = 'user' || id || '@example.com'",
    },
  ]
}
