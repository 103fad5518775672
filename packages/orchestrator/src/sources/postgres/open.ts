import { untilAborted } from '../session-pool.ts'
import type { OpenRequest, Source } from '../sources.ts'
import { plannedTables, subsetSource } from '../subset/subset-source.ts'
import { copyChosen } from './copy-chosen.ts'
import { copyOut } from './copy-out.ts'
import { countRows } from './count-rows.ts'
import { sourceError, sourceRefused } from './errors.ts'
import { readHorizon } from './horizon.ts'
import { quoteTable } from './identifiers.ts'
import { type InspectedTable, inspectTables } from './inspect.ts'
import { peekRows } from './peek.ts'
import { checkAccess } from './preflight.ts'
import { sampleTables } from './sample.ts'
import type { Catalog } from './schema/schema-object.ts'
import { readSchema } from './schema/schema-script.ts'
import type { Session } from './session.ts'
import { openSnapshotReader, type SnapshotReader } from './snapshot-reader.ts'
import { parseSourceUrl, type SourceUrl } from './source-url.ts'
import { chooseRows } from './subset/choose-rows.ts'
import { tableParts } from './table-parts.ts'

export async function openSource(request: OpenRequest, signal: AbortSignal): Promise<Source> {
  const url = parseSourceUrl(request.name, request.url)
  const explain = (cause: unknown) => sourceError(request.name, url.address, cause)
  await using cleanup = new AsyncDisposableStack()
  try {
    const reader = cleanup.use(await openSnapshotReader(request, url, signal))
    const facts = await untilAborted(reader.primary, signal, () => readFacts(request, reader))
    const source = sourceOf({ url, reader, facts, explain })
    cleanup.move()
    return source
  } catch (cause) {
    signal.throwIfAborted()
    throw explain(cause)
  }
}

type Facts = Awaited<ReturnType<typeof readFacts>>

async function readFacts(request: OpenRequest, { primary, version }: SnapshotReader) {
  const catalog: Catalog = {
    version,
    schemas: await findSchemas(request, primary),
    exactSequences: request.sequences === 'exact',
    rows: (sql, values) => primary.rows(sql, values),
  }
  const tables = await inspectTables(catalog)
  await checkAccess(request.name, catalog, tables)
  await lock(primary, tables)
  return {
    schemas: catalog.schemas,
    tables,
    schema: await readSchema(catalog, tables),
    ...(await readDatabase(primary)),
  }
}

async function findSchemas(request: OpenRequest, session: Session): Promise<number[]> {
  const rows = await session.rows<{ oid: number; name: string }>(
    `SELECT oid, nspname AS name FROM pg_namespace n
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
        AND ($1::text[] IS NULL OR nspname = ANY($1))`,
    [request.schemas ?? null],
  )
  const absent = request.schemas?.filter((name) => !rows.some((row) => row.name === name)) ?? []
  if (absent.length > 0) {
    throw sourceRefused(
      request.name,
      `it has no schema ${absent.join(', ')}.`,
      'Correct the source’s `schemas` in stuntdouble.yaml.',
    )
  }
  return rows.map((row) => row.oid)
}

/** Nobody changes a table’s definition between the look at the catalog and the last row. */
async function lock(session: Session, tables: readonly InspectedTable[]): Promise<void> {
  const oids = tables.map(({ oid }) => oid)
  const rows = await session.rows<{ oid: number }>(
    `SELECT c.oid FROM pg_class c WHERE c.oid = ANY($1) AND has_table_privilege(c.oid, 'SELECT')`,
    [oids],
  )
  const lockable = new Set(rows.map((row) => row.oid))
  const names = tables
    .filter(({ oid }) => lockable.has(oid))
    .map((table) => `ONLY ${quoteTable(table)}`)
  if (names.length === 0) return
  await session.client.query(`LOCK TABLE ${names.join(', ')} IN ACCESS SHARE MODE`)
}

async function readDatabase(session: Session) {
  const [row] = await session.rows<{ encoding: string; collation: string }>(
    `SELECT pg_encoding_to_char(encoding)::text AS encoding, datcollate::text AS collation
       FROM pg_database WHERE datname = current_database()`,
  )
  return { encoding: row?.encoding ?? 'UTF8', collation: row?.collation ?? 'C' }
}

interface Parts {
  readonly url: SourceUrl
  readonly reader: SnapshotReader
  readonly facts: Facts
  readonly explain: (cause: unknown) => Error
}

function sourceOf({ url, reader, facts, explain }: Parts): Source {
  const explained = async <Result>(signal: AbortSignal, work: () => Promise<Result>) => {
    try {
      return await work()
    } catch (cause) {
      signal.throwIfAborted()
      throw explain(cause)
    }
  }
  const { pool, version, primary } = reader
  const { schemas, ...known } = facts
  const source: Source = {
    version,
    address: url.address,
    database: url.database,
    ...known,
    sample: (tables, limit, signal) =>
      explained(signal, () => pool.use(signal, (session) => sampleTables(session, tables, limit))),
    count: (table, signal) =>
      explained(signal, () => pool.use(signal, (session) => countRows(session, table))),
    read: (table, columns, signal) =>
      explained(signal, async () => {
        const copy = { table, columns, explain }
        return table.rows ? copyChosen(pool, copy, signal) : copyOut(pool, copy, signal)
      }),
    peek: (peek, signal) =>
      explained(signal, () => pool.use(signal, (session) => peekRows(session, peek))),
    parts: (table, most, signal) =>
      explained(signal, () =>
        pool.use(signal, (session) => tableParts(session, table, { version, most })),
      ),
    subset: (request, signal) =>
      explained(signal, async () => {
        const inspected = { schemas, tables: facts.tables }
        const chosen = await pool.use(signal, (session) => chooseRows(session, inspected, request))
        return { source: subsetSource(source, chosen), tables: plannedTables(source, chosen) }
      }),
    horizon: (signal) =>
      explained(signal, () => untilAborted(primary, signal, () => readHorizon(primary))),
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  }
  return source
}
