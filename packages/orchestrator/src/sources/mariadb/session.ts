import type { Readable } from 'node:stream'
import mysql, {
  type Connection,
  type ConnectionOptions,
  type FieldPacket,
  type ResultSetHeader,
  type TypeCast,
} from 'mysql2'
import { type Pooled, untilAborted } from '../session-pool.ts'

/** One connection. Disposal ends it, by force when it does not end soon. */
export interface Session extends Pooled {
  /** Every value as text; NULL is null. `?` in the statement takes the values in turn. */
  rows<Row = Record<string, string | null>>(
    sql: string,
    values?: readonly unknown[],
  ): Promise<Row[]>
  run(sql: string): Promise<ResultSetHeader>
  /** Rows as arrays of what `typeCast` makes of a value, or a header where there are none. */
  ask(statement: Asked): Promise<Answered>
  /** Every value as the bytes the server sent. Reads no faster than it is read. */
  stream(sql: string): Readable
  /** Runs a LOAD DATA LOCAL with these bytes for its file, in pieces below 16 MB. */
  load(sql: string, bytes: Readable): Promise<ResultSetHeader>
}

export interface Asked {
  readonly sql: string
  readonly values: readonly unknown[]
  readonly typeCast: TypeCast
}

export interface Answered {
  readonly result: unknown
  readonly fields: readonly FieldPacket[] | undefined
}

const connectTimeoutMs = 15_000
const endTimeoutMs = 1_000
const rowsAhead = 256

/**
 * No code is made of what a server says of its columns (`disableEval`), and no file of ours is sent
 * because a server asks for one: only `load` has bytes to give.
 */
const fixed = {
  charset: 'utf8mb4',
  disableEval: true,
  multipleStatements: false,
  connectTimeout: connectTimeoutMs,
} satisfies ConnectionOptions

/** A source is never given a file at all. */
export const withoutFiles = { flags: ['-LOCAL_FILES'] } satisfies ConnectionOptions

export async function connect(options: ConnectionOptions, signal: AbortSignal): Promise<Session> {
  signal.throwIfAborted()
  const connection = mysql.createConnection({ ...options, ...fixed })
  const session = sessionOf(connection)
  try {
    await untilAborted(session, signal, () =>
      settled<void>((done) => connection.connect((cause) => done(cause, undefined))),
    )
    return session
  } catch (cause) {
    session.destroy()
    throw cause
  }
}

function sessionOf(connection: Connection): Session {
  let broken = false
  const markBroken = () => {
    broken = true
  }
  connection.on('error', markBroken)
  connection.on('end', markBroken)
  // Its own `destroy` leaves what is under way waiting for ever.
  const destroy = () => {
    broken = true
    streamOf(connection).destroy()
  }
  return {
    rows: <Row>(sql: string, values: readonly unknown[] = []) =>
      settled<Row[]>((done) =>
        connection.query({ sql, values: [...values], typeCast: asText }, (cause, rows) =>
          done(cause, rows as Row[]),
        ),
      ),
    ask: ({ sql, values, typeCast }) =>
      new Promise((resolve, reject) => {
        connection.query(
          { sql, values: [...values], rowsAsArray: true, typeCast },
          (cause, result, fields) => (cause ? reject(cause) : resolve({ result, fields })),
        )
      }),
    run: (sql) =>
      settled<ResultSetHeader>((done) => connection.query<ResultSetHeader>({ sql }, done)),
    stream: (sql) =>
      connection
        .query({ sql, rowsAsArray: true, typeCast: false })
        .stream({ highWaterMark: rowsAhead }),
    load: (sql, bytes) =>
      settled<ResultSetHeader>((done) =>
        connection.query<ResultSetHeader>({ sql, infileStreamFactory: () => bytes }, done),
      ),
    destroy,
    get broken() {
      return broken
    },
    [Symbol.asyncDispose]: async () => {
      const ended = settled<void>((done) => connection.end((cause) => done(cause, undefined)))
      if (!broken) await Promise.race([ended.catch(() => {}), after(endTimeoutMs)])
      else ended.catch(() => {})
      destroy()
    },
  }
}

type Done<Result> = (cause: Error | null | undefined, result: Result) => void

function settled<Result = unknown>(work: (done: Done<Result>) => unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    work((cause, result) => (cause ? reject(cause) : resolve(result)))
  })
}

const asText = (field: { string(encoding: string): string | null }) => field.string('utf8')

function streamOf(connection: Connection): { destroy(): void } {
  return (connection as unknown as { stream: { destroy(): void } }).stream
}

const after = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds).unref())
