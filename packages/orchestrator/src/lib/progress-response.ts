import type { IncomingMessage, ServerResponse } from 'node:http'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { ndjsonType, type OnProgress, problemOf } from '@stuntdouble/sdk/wire'

type Work = (onProgress: OnProgress, signal: AbortSignal) => Promise<unknown>

/**
 * Answers long work. A client that accepts NDJSON sees progress lines and then one result or error
 * line; another waits for plain JSON. The work is aborted when the client goes away. A failure that
 * went out as a line is emitted on the response as `failure`, for the log; an abort is none.
 */
export async function respondWithProgress(
  request: IncomingMessage,
  response: ServerResponse,
  work: Work,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Error('the client went away')))

  if (!request.headers.accept?.includes(ndjsonType)) {
    const value = await work(() => {}, gone.signal)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(value))
    return
  }

  response.setHeader('content-type', ndjsonType)
  const write = (line: object) => response.write(`${JSON.stringify(line)}\n`)
  try {
    const value = await work((progress) => write({ type: 'progress', ...progress }), gone.signal)
    write({ type: 'result', value })
  } catch (cause) {
    if (!gone.signal.aborted) response.emit('failure', cause)
    write({ type: 'error', problem: problemOf(asSandboxError(cause)) })
  }
  response.end()
}

/** Anything but our own error is a bug; what it says stays in the log. */
export function asSandboxError(cause: unknown): SandboxError {
  if (cause instanceof SandboxError) return cause
  return new SandboxError('internal', 'Something went wrong inside the orchestrator.', {
    hint: 'Its log has the details; please report it with `sandbox doctor --json`.',
    cause,
  })
}
