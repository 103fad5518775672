import type { Duplex } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { untilAborted } from './session-pool.ts'
import type { Credentials, Dial } from './sources.ts'

/**
 * Runs one statement in a connection and a transaction of its own, which is committed at its end.
 * Throws `usage` with the server’s own words, which may hold values: they are the asker’s. The server
 * is hostile: it is cut off where its answer grows too large.
 */
export type RunQuery = (
  at: { readonly dial: Dial; readonly credentials: Credentials },
  request: QueryRequest,
  signal: AbortSignal,
) => Promise<QueryAnswer>

export interface QueryRequest {
  readonly sql: string
  /** In the order of their places in the statement. */
  readonly parameters: readonly (string | number | boolean | null)[]
  readonly readOnly: boolean
  readonly maxRows: number
  readonly timeoutMs: number
}

export interface QueryAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly unknown[])[]
  readonly affected: number | null
  /** Whether there are more rows than were asked for. */
  readonly more: boolean
}

const answerLimitBytes = 16 * 1024 ** 2
/** For the server to keep to the time by itself, and to say so. */
const graceMs = 5_000

interface Guarded {
  readonly dial: Dial
  readonly signal: AbortSignal
  /** What really happened, where the connection was cut for it. */
  because(cause: unknown): unknown
}

/**
 * A connection that is cut when its answer is too large, takes too long, or cannot be understood. Once
 * inside, the agent may have put anything in the server’s place, and a driver throws at what it did not
 * expect, where nobody but we could catch it.
 */
function guarded(dial: Dial, timeoutMs: number, asked: AbortSignal): Guarded {
  const late = AbortSignal.timeout(timeoutMs + graceMs)
  let wrong: SandboxError | undefined

  function cut(stream: Duplex, error: SandboxError): void {
    wrong ??= error
    stream.destroy()
  }

  function watched(stream: Duplex): Duplex {
    let size = 0
    const emit = stream.emit.bind(stream)
    stream.emit = (event: string, ...given: unknown[]) => {
      // Counted as it arrives: a driver holds all of a row before it is one.
      if (event === 'data') size += (given[0] as Buffer).length
      if (size > answerLimitBytes) cut(stream, answerTooLarge())
      if (event === 'data' && wrong) return false
      try {
        return emit(event, ...given)
      } catch {
        cut(stream, notUnderstood())
        return false
      }
    }
    return stream
  }

  return {
    signal: AbortSignal.any([asked, late]),
    dial: async (stop) => watched(await dial(stop)),
    because: (cause) => wrong ?? (late.aborted ? statementTooSlow(timeoutMs) : cause),
  }
}

interface Destroyable extends AsyncDisposable {
  destroy(): void
}

/** How a kind of server is asked. */
interface Asking<Session> {
  connect(
    at: { readonly dial: Dial; readonly credentials: Credentials },
    signal: AbortSignal,
  ): Promise<Session>
  ask(session: Session, request: QueryRequest): Promise<QueryAnswer>
  /** What went wrong, in words for whoever asked. */
  explained(cause: unknown, request: QueryRequest): unknown
}

/** One guarded connection for each statement. */
export const queryBy =
  <Session extends Destroyable>({ connect, ask, explained }: Asking<Session>): RunQuery =>
  async ({ dial, credentials }, request, asked) => {
    const guard = guarded(dial, request.timeoutMs, asked)
    try {
      await using session = await connect({ dial: guard.dial, credentials }, guard.signal)
      return await untilAborted(session, guard.signal, () => ask(session, request))
    } catch (cause) {
      asked.throwIfAborted()
      throw explained(guard.because(cause), request)
    }
  }

/** With the place in the statement where the server names one. */
export const statementFailed = (message: string, hint: string | undefined) =>
  new SandboxError('usage', `The database refused the statement: ${message}`, {
    hint: hint || 'Correct it, or look at the tables first, such as in information_schema.',
  })

export const statementTooSlow = (timeoutMs: number) =>
  new SandboxError('timed_out', `The statement ran longer than ${timeoutMs} ms and was ended.`, {
    hint: 'Nothing of it is kept. Give it more time, or ask for less.',
  })

const answerTooLarge = () =>
  new SandboxError('usage', 'The answer is larger than 16 MiB; the connection was cut.', {
    hint: 'Choose fewer rows or shorter columns; a change that was not committed by then is undone.',
  })

const notUnderstood = () =>
  new SandboxError('usage', 'The server answered with something that cannot be shown.', {
    hint: 'COPY from or to the client is not possible here; run it with the database’s own client inside.',
  })

const cellCharacters = 8_192

/** A value that is long, by its beginning. */
export const cell = (text: string): string =>
  text.length <= cellCharacters
    ? text
    : `${text.slice(0, cellCharacters)}… [${text.length - cellCharacters} more characters]`

/** A number where it is exactly that. */
export function exactNumber(text: string): number | string {
  const number = Number(text)
  const exact = Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number)
  return exact ? number : text
}
