import { queryDatabase } from '../door/door.ts'
import { SandboxError } from '../errors.ts'
import type { Connection } from '../http/connection.ts'
import type { QueryInput, QueryResult } from '../wire/query.ts'
import type { DatabaseView, LocalDatabase } from '../wire/sandbox.ts'

export type SqlValue = string | number | boolean | null

export interface QueryOptions {
  /** 1000 when left out, 5000 at most; `more` says that there are others. */
  readonly maxRows?: number
  /** Half a minute when left out; then it is ended, nothing of it is kept, and `timed_out` is thrown. */
  readonly timeoutMs?: number
  /** Refuses whatever writes. */
  readonly readOnly?: boolean
  /** Aborting ends the statement. */
  readonly signal?: AbortSignal
}

/** One database of a sandbox. */
export interface SandboxDatabase extends DatabaseView {
  readonly name: string
  /**
   * Runs one statement in a connection and a transaction of its own, which is committed at its end.
   * Parameters are for $1, $2, … in PostgreSQL and for each ? in MariaDB. Of an answer past 8 MiB the
   * beginning is told. Needs the hand-over URL alone.
   */
  query(sql: string, parameters?: readonly SqlValue[], options?: QueryOptions): Promise<QueryResult>
  /** An address on the orchestrator’s machine, open until the sandbox ends. Needs the API key. */
  local(): Promise<LocalDatabase>
}

interface Ways {
  readonly door: Connection
  readonly local: (name: string) => Promise<LocalDatabase>
}

/** The one of that name; the first of the blueprint without one. */
export function databaseOf(
  databases: Readonly<Record<string, DatabaseView>>,
  name: string | undefined,
  { door, local }: Ways,
): SandboxDatabase {
  const known = Object.entries(databases)
  const [found, view] = known.find(([each]) => name === undefined || each === name) ?? []
  if (found === undefined || !view) throw noDatabase(name)
  return {
    ...view,
    name: found,
    query: (sql, parameters = [], options = {}) =>
      queryDatabase(door, found, queryInput(sql, parameters, options)),
    local: () => local(found),
  }
}

const queryInput = (
  sql: string,
  parameters: readonly SqlValue[],
  options: QueryOptions,
): QueryInput & Pick<QueryOptions, 'signal'> => ({ sql, parameters: [...parameters], ...options })

const noDatabase = (name: string | undefined) =>
  new SandboxError(
    'database_not_found',
    name === undefined
      ? 'This sandbox has no database.'
      : `This sandbox has no database "${name}".`,
    { hint: 'Name one under `data:` in its blueprint.' },
  )
