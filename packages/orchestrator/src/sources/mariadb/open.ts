import { explained } from '../explained.ts'
import { sampleTables } from '../sample-tables.ts'
import { createSessionPool, untilAborted } from '../session-pool.ts'
import type { OpenRequest, Source } from '../sources.ts'
import type { Catalog } from './catalog.ts'
import { copyOut } from './copy-out.ts'
import { countRows } from './count-rows.ts'
import { sourceError, sourceRefused } from './errors.ts'
import { checkGrants, readGrants } from './grants.ts'
import { quoteTable } from './identifiers.ts'
import { inspect } from './inspect.ts'
import { peekRows } from './peek.ts'
import { readRelations } from './relations.ts'
import { sampleRows } from './sample.ts'
import { readSchema } from './schema/schema-script.ts'
import type { Session } from './session.ts'
import { openSnapshot } from './snapshot-session.ts'
import { parseSourceUrl } from './source-url.ts'

/** One connection does it all: MariaDB’s connections cannot share a view without locking everybody out. */
export async function openSource(request: OpenRequest, signal: AbortSignal): Promise<Source> {
  const url = parseSourceUrl(request.name, request.url)
  const explain = (cause: unknown) => sourceError(request.name, url.address, cause)
  await using cleanup = new AsyncDisposableStack()
  try {
    checkSchemas(request, url.database)
    const { session, version } = await openSnapshot(request.name, url, signal)
    cleanup.use(session)
    const facts = await untilAborted(session, signal, () =>
      readFacts(request, session, url.database),
    )
    const source = sourceOf({ session, explain })
    const connection = cleanup.move()
    return {
      ...{ version, address: url.address, database: url.database },
      ...facts,
      ...source,
      [Symbol.asyncDispose]: () => connection.disposeAsync(),
    }
  } catch (cause) {
    signal.throwIfAborted()
    throw explain(cause)
  }
}

function checkSchemas({ name, schemas }: OpenRequest, database: string): void {
  if (schemas?.every((schema) => schema === database) ?? true) return
  throw sourceRefused(
    name,
    'a MariaDB source is one database, and its url names it.',
    'Take `schemas` away in stuntdouble.yaml, and make one source of each database.',
  )
}

async function readFacts({ name, sequences }: OpenRequest, session: Session, database: string) {
  const catalog: Catalog = { database, rows: (sql, values) => session.rows(sql, values) }
  const grants = await readGrants(catalog)
  checkGrants(name, catalog, grants)
  const relations = await readRelations(name, catalog)
  const inspected = await inspect(name, catalog, relations)
  await hold(session, inspected.shapes)
  return {
    tables: inspected.shapes,
    schema: await readSchema({
      ...{ source: name, catalog, grants, relations, inspected },
      exactSequences: sequences === 'exact',
    }),
    ...(await readDatabase(catalog)),
  }
}

/** Nobody changes a table’s definition between the look at the catalog and the last row. */
async function hold(session: Session, tables: readonly { schema: string; name: string }[]) {
  for (const table of tables) await session.rows(`SELECT 1 FROM ${quoteTable(table)} LIMIT 0`)
}

async function readDatabase({ database, rows }: Catalog) {
  const [row] = await rows<{ encoding: string; collation: string }>(
    `SELECT DEFAULT_CHARACTER_SET_NAME AS encoding, DEFAULT_COLLATION_NAME AS collation
       FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?`,
    [database],
  )
  return { encoding: row?.encoding ?? 'utf8mb4', collation: row?.collation ?? 'utf8mb4_general_ci' }
}

interface Parts {
  readonly session: Session
  readonly explain: (cause: unknown) => Error
}

function sourceOf({ session, explain }: Parts): Pick<Source, 'sample' | 'count' | 'read' | 'peek'> {
  const pool = createSessionPool(1, async () => session)
  return {
    sample: (tables, limit, signal) =>
      explained(explain, signal, () =>
        pool.use(signal, (open) => sampleTables(tables, (table) => sampleRows(open, table, limit))),
      ),
    count: (table, signal) =>
      explained(explain, signal, () => pool.use(signal, (open) => countRows(open, table))),
    read: (table, columns, signal) =>
      explained(explain, signal, () => copyOut(pool, { table, columns, explain }, signal)),
    peek: (peek, signal) =>
      explained(explain, signal, () => pool.use(signal, (open) => peekRows(open, peek))),
  }
}
