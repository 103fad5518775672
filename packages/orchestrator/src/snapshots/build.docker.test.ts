import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresKind } from '../sources/postgres/postgres.ts'
import { loadDump } from '../sources/postgres/testing/load-dump.ts'
import { startServer, type TestServer } from '../sources/postgres/testing/server.ts'
import { type DockerBuild, openDockerBuild } from './testing/docker-build.ts'

const data = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url))
const signal = AbortSignal.timeout(500_000)

let server: TestServer
let docker: DockerBuild
beforeAll(async () => {
  server = await startServer(16)
  docker = await openDockerBuild()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await docker[Symbol.asyncDispose]()
})

const leftovers = async () => [
  ...(await docker.engine.list(signal)).map(({ id }) => id),
  ...(await docker.engine.volumes.list(signal)).map(({ name }) => name),
]

const present = existsSync(data)
test.runIf(present)(
  present
    ? 'Pagila is reviewed, built, and no customer of it is in the sealed files'
    : '../shared/data is not there: put the dump of Pagila there to run this',
  async () => {
    const admin = await server.client()
    await admin.query('CREATE DATABASE pagila')
    const source = await server.client('pagila')
    await loadDump(source, `${data}pagila-schema.sql`)
    await loadDump(source, `${data}pagila-data.sql`)
    await source.query('SET search_path = public')
    const snapshots = await docker.snapshotsOf(server.url({ database: 'pagila' }))

    await snapshots.review('shop', false, signal)

    const built = await snapshots.build('shop', () => {}, signal)

    const { rows } = await source.query(
      'SELECT sum(n)::int AS rows FROM (SELECT count(*) AS n FROM payment UNION ALL SELECT count(*) FROM customer) t',
    )
    expect(built.rows).toBeGreaterThan(rows[0].rows)
    expect(await leftovers()).toEqual([built.id])

    const people = await source.query<{ email: string }>(
      'SELECT email FROM customer UNION ALL SELECT email FROM staff UNION ALL SELECT address FROM address',
    )
    const real = people.rows.map(({ email }) => email)
    expect(await occurrences(built.id, real)).toEqual([])
    await snapshots.remove(built.id, signal)
    expect(await leftovers()).toEqual([])
  },
  300_000,
)

/** Values that stand in the files of a clone of the snapshot. */
async function occurrences(snapshot: string, values: readonly string[]): Promise<string[]> {
  const { engine } = docker
  const id = `sb${snapshot.slice(2)}`
  const mount = { volume: `${id}-db`, path: '/var/lib/stuntdouble', readOnly: false }
  const container = postgresKind.container({
    ...{ name: 'db', image: 'stuntdouble/postgres:18', mount, port: 5432 },
    ...{ cpus: 1, memoryBytes: 2 ** 28, pids: 64 },
  })
  await engine.volumes.clone(
    snapshot,
    { name: mount.volume, pod: id, uid: 999, gid: 999, mode: 0o700 },
    signal,
  )
  const reading = { ...container, command: ['sleep', 'infinity'] }
  await engine.start(
    {
      id,
      kind: 'sandbox',
      deadline: new Date(Date.now() + 600_000),
      hosts: [],
      containers: [reading],
    },
    signal,
  )
  try {
    const grep = await engine.exec(
      id,
      'db',
      {
        command: ['grep', '-raohFi', '-f', '-', '/var/lib/stuntdouble'],
        env: {},
        workingDirectory: '/',
      },
      signal,
    )
    grep.stderr.resume()
    grep.stdin.end(values.filter((value) => value.length > 5).join('\n'))
    const [found, exitCode] = await Promise.all([text(grep.stdout), grep.exit])
    // One: it read everything and found nothing.
    return exitCode === 1 ? [] : [`exit ${exitCode}`, ...found.split('\n')]
  } finally {
    await engine.destroy(id, signal)
  }
}

test('an address in a log message stops the seal, and nothing is left', async () => {
  const admin = await server.client()
  await admin.query('CREATE DATABASE talkative')
  const source = await server.client('talkative')
  await source.query(`
    CREATE TABLE person (id int PRIMARY KEY, email text);
    CREATE TABLE log (id int PRIMARY KEY, message text);
    INSERT INTO person SELECT i, 'person' || i || '@canary.example' FROM generate_series(1, 500) i;
    INSERT INTO log SELECT i, repeat('nothing to see here. ', 400) || 'sent to PERSON77@canary.example' FROM generate_series(1, 3) i;
  `)
  await writeFile(
    docker.policyPath,
    'public.person: { id: keep, email: email }\npublic.log: { id: keep, message: keep }\n',
  )
  const snapshots = await docker.snapshotsOf(server.url({ database: 'talkative' }))

  await expect(snapshots.build('shop', () => {}, signal)).rejects.toMatchObject({
    code: 'snapshot_failed',
    message: expect.stringMatching(/public\.person\.email.*public\.log\.message/),
  })
  expect(await leftovers()).toEqual([])
}, 200_000)

test('an address in the body of a function stops the seal', async () => {
  const admin = await server.client()
  await admin.query('CREATE DATABASE scripted')
  const source = await server.client('scripted')
  await source.query(`
    CREATE TABLE person (id int PRIMARY KEY, email text);
    INSERT INTO person SELECT i, 'person' || i || '@canary.example' FROM generate_series(1, 500) i;
    CREATE FUNCTION boss() RETURNS text LANGUAGE sql AS $$ SELECT 'person7@canary.example' $$;
  `)
  await writeFile(docker.policyPath, 'public.person: { id: keep, email: email }\n')
  const snapshots = await docker.snapshotsOf(server.url({ database: 'scripted' }))

  await expect(snapshots.build('shop', () => {}, signal)).rejects.toMatchObject({
    code: 'snapshot_failed',
    message: expect.stringMatching(/public\.person\.email.*definition of function public\.boss/),
  })
  expect(await leftovers()).toEqual([])
}, 200_000)

const secret = 'Summer "22" in production, at length'

test.each([
  [
    'a kept column, beyond what fits a page',
    { notes: `repeat('nothing to see here. ', 2000) || $s$${secret}$s$` },
    /secret "stripe", as it is, stands in public\.page\.notes/,
  ],
  [
    'base64 inside a kept JSON',
    {
      settings: `jsonb_build_object('auth', '${Buffer.from(`robot:${secret}`).toString('base64')}')`,
    },
    /secret "stripe", base64, stands in public\.page\.settings/,
  ],
  [
    'bytes that are kept',
    { picture: `convert_to($s$..${secret}..$s$, 'UTF8')` },
    /secret "stripe", as it is, stands in public\.page\.picture/,
  ],
])(
  'a registered secret in %s stops the seal, whatever is accepted',
  async (_where, row, told) => {
    await using database = await pages(row)
    const accept = ['public.page.notes', 'public.page.settings', 'public.page.picture']
    const source = { policy: './masking.yaml', accept }
    // Nobody would know it for one.
    const unaware = await docker.snapshotsOf(database.url, source)
    const { id } = await unaware.build('shop', () => {}, signal)
    await unaware.remove(id, signal)

    const snapshots = await docker.snapshotsOf(database.url, source, secret)
    await expect(snapshots.build('shop', () => {}, signal)).rejects.toMatchObject({
      code: 'secret_found',
      message: expect.stringMatching(told),
    })
    expect(await leftovers()).toEqual([])
  },
  300_000,
)

test('a registered secret in the body of a function stops the build before anything is made', async () => {
  await using database = await pages({})
  await database.query(
    `CREATE FUNCTION pay() RETURNS text LANGUAGE sql AS $f$ SELECT $$${secret}$$ $f$`,
  )
  const source = { policy: './masking.yaml', accept: ['function public.pay()'] }
  const snapshots = await docker.snapshotsOf(database.url, source, secret)

  await expect(snapshots.build('shop', () => {}, signal)).rejects.toMatchObject({
    code: 'secret_found',
    message: expect.stringMatching(
      /function public\.pay\(\): holds the registered secret "stripe"/,
    ),
  })
  expect(await leftovers()).toEqual([])
}, 100_000)

/** A database of its own with a page or two, of which every column is kept. */
async function pages(row: Readonly<Record<string, string>>) {
  const database = `pages_${Math.random().toString(36).slice(2)}`
  const admin = await server.client()
  await admin.query(`CREATE DATABASE ${database}`)
  const source = await server.client(database)
  await source.query(`
    CREATE TABLE page (id int PRIMARY KEY, notes text, settings jsonb, picture bytea);
    INSERT INTO page SELECT i, 'note ' || i, '{}', '' FROM generate_series(1, 100) i`)
  for (const [column, value] of Object.entries(row))
    await source.query(`UPDATE page SET ${column} = ${value} WHERE id = 7`)
  await writeFile(
    docker.policyPath,
    'public.page: { id: keep, notes: keep, settings: keep, picture: keep }\n',
  )
  return {
    url: server.url({ database }),
    query: (text: string) => source.query(text),
    [Symbol.asyncDispose]: async () =>
      void (await admin.query(`DROP DATABASE ${database} WITH (FORCE)`)),
  }
}
