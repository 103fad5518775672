import { SandboxError } from '@stuntdouble/sdk/errors'
import type { QueryRequest, QueryResult } from '@stuntdouble/sdk/wire'
import type { Engine } from '../../engine/engine.ts'
import type { Credentials, QueryAnswer, ServerKinds } from '../../sources/sources.ts'

export interface Database {
  readonly name: string
  readonly kind: keyof ServerKinds
  readonly port: number
  readonly credentials: Credentials
}

/** Statements for the databases of a sandbox. */
export interface Queries {
  /** Each in a connection and a transaction of its own, which is committed at its end. */
  run(sandbox: string, asked: Query, signal: AbortSignal): Promise<QueryResult>
}

export interface Query extends QueryRequest {
  /** The first that is asked in SQL when left out. */
  readonly database: string | undefined
  /** Of the rows as JSON; those past it are not told. */
  readonly maxBytes: number
}

export interface QueryParts {
  readonly engine: Pick<Engine, 'connect'>
  readonly kinds: ServerKinds
  /** Of a sandbox that is ready, in the order of its blueprint. */
  readonly databases: (sandbox: string) => readonly Database[]
  /** Told of each statement that ran. */
  readonly onQueried: (sandbox: string, query: { database: string; sql: string }) => void
}

export const createQueries = (parts: QueryParts): Queries => ({
  async run(sandbox, { database, maxBytes, ...asked }, signal) {
    const { name, kind, port, credentials } = chosen(
      parts.databases(sandbox),
      parts.kinds,
      database,
    )
    const { query } = parts.kinds[kind]
    if (!query) throw noStatements(name)
    const dial = (stop: AbortSignal) => parts.engine.connect(sandbox, port, stop)
    const answer = await query({ dial, credentials }, asked, signal)
    parts.onQueried(sandbox, { database: name, sql: asked.sql })
    return shown(answer, maxBytes)
  },
})

function chosen(databases: readonly Database[], kinds: ServerKinds, name: string | undefined) {
  const found =
    name === undefined
      ? (databases.find(({ kind }) => kinds[kind].query) ?? databases[0])
      : databases.find((database) => database.name === name)
  if (found) return found
  throw new SandboxError('database_not_found', `The sandbox has no database "${name ?? ''}".`, {
    hint:
      databases.length > 0
        ? `It has ${databases.map((database) => database.name).join(', ')}.`
        : 'It was made without data.',
  })
}

function shown({ columns, rows, affected, more }: QueryAnswer, maxBytes: number): QueryResult {
  let bytes = 0
  const fitting = rows.findIndex((row) => {
    bytes += Buffer.byteLength(JSON.stringify(row))
    return bytes > maxBytes
  })
  const kept = fitting === -1 ? rows : rows.slice(0, fitting)
  const mutable = kept.map((row) => [...row])
  return { columns: [...columns], rows: mutable, affected, more: more || fitting !== -1 }
}

const noStatements = (name: string) =>
  new SandboxError('not_implemented', `"${name}" is not asked in SQL.`, {
    hint: 'Use its own client with run_command, such as redis-cli -u "$REDIS_URL".',
  })
