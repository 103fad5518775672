import type { Readable } from 'node:stream'
import { SandboxError } from '../errors.ts'
import type { QueryRequest, QueryResult } from '../wire/query.ts'

export type OutputStream = 'stdout' | 'stderr'

/** What a command says and ends with: a text is its standard output, and zero its exit code. */
export type CommandAnswer =
  | string
  | { readonly stdout?: string; readonly stderr?: string; readonly exitCode?: number }

/** A command that was asked for. */
export interface AskedCommand {
  /** The sandbox’s id. */
  readonly sandbox: string
  /** A shell line, or an argv. */
  readonly command: string | readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** One that runs, until its program has answered. */
export interface RunningCommand extends AskedCommand {
  /** The shell line; an argv joined by blanks. */
  readonly line: string
  /** Ends at once for `commands.run`. */
  readonly stdin: Readable
  /** Aborts when the command is killed, late or given up, and when its sandbox ends. */
  readonly signal: AbortSignal
  /** Says something before the answer. */
  say(text: string, stream?: OutputStream): void
  /** Absolute paths. `read` is undefined for what is no file. */
  readonly files: {
    read(path: string): Promise<Uint8Array | undefined>
    write(path: string, content: string | Uint8Array): Promise<void>
  }
}

/** Undefined: this command has no script, and is answered as one that is not found. */
export type CommandProgram = (
  command: RunningCommand,
) => CommandAnswer | undefined | Promise<CommandAnswer | undefined>

/** Answers by line, or one program for every command. */
export type CommandScript =
  | Readonly<Record<string, CommandAnswer | CommandProgram>>
  | CommandProgram

/** A statement that was asked. */
export interface AskedQuery extends Pick<QueryRequest, 'sql' | 'parameters' | 'readOnly'> {
  /** The sandbox’s id. */
  readonly sandbox: string
  /** By its name in the blueprint. */
  readonly database: string
}

/** Rows as objects, all with the first one’s columns; or the whole answer. */
export type QueryAnswer = readonly Readonly<Record<string, unknown>>[] | QueryResult

/** Undefined: this statement has no script, and is refused. */
export type QueryProgram = (query: AskedQuery) => QueryAnswer | undefined

/** Answers by statement, or one program for every statement. */
export type QueryScript = Readonly<Record<string, QueryAnswer>> | QueryProgram

export async function commandAnswer(
  script: CommandScript,
  command: RunningCommand,
): Promise<CommandAnswer> {
  const { line } = command
  const found =
    typeof script === 'function' ? script : Object.hasOwn(script, line) ? script[line] : undefined
  const answer = typeof found === 'function' ? await found(command) : found
  return (
    answer ?? { exitCode: 127, stderr: `No answer for "${line}" in this test’s \`commands\`.\n` }
  )
}

/** Throws `usage` for a statement without a script. */
export function queryAnswer(script: QueryScript, query: AskedQuery, maxRows: number): QueryResult {
  const { sql } = query
  const isListed = typeof script !== 'function' && Object.hasOwn(script, sql)
  const answer = typeof script === 'function' ? script(query) : isListed ? script[sql] : undefined
  if (!answer) throw unscripted(sql)
  const { rows, more, ...rest } = 'rows' in answer ? answer : tableOf(answer)
  return { ...rest, rows: rows.slice(0, maxRows), more: more || rows.length > maxRows }
}

function tableOf(rows: readonly Readonly<Record<string, unknown>>[]): QueryResult {
  const columns = Object.entries(rows[0] ?? {}).map(([name, value]) => ({
    name,
    type: typeOf(value),
  }))
  const cells = rows.map((row) => columns.map(({ name }) => row[name] ?? null))
  return { columns, rows: cells, affected: null, more: false }
}

function typeOf(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'numeric'
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'object' && value !== null ? 'jsonb' : 'text'
}

const unscripted = (sql: string) =>
  new SandboxError('usage', `No answer for "${sql}" in this test’s \`queries\`.`, {
    hint: 'Name the statement under `queries` of startTestOrchestrator.',
  })
