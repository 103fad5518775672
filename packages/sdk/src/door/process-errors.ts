import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { SandboxError } from '../errors.ts'
import { unexpectedStatus } from '../http/http-errors.ts'
import { errorOf, Problem } from '../wire/problem.ts'

export const connectionLost = (cause?: unknown) =>
  new SandboxError('sandbox_gone', 'The connection closed before the process had ended.', {
    hint: 'Its sandbox may have ended: `sandbox ls --all` says so.',
    retryable: true,
    ...(cause !== undefined && { cause }),
  })

/** A handshake that was answered like any other request: with a problem. */
export async function refusedSocket(response: IncomingMessage): Promise<SandboxError> {
  try {
    return errorOf(Problem.parse(JSON.parse(await text(response))))
  } catch {
    return unexpectedStatus(response.statusCode ?? 0)
  }
}
