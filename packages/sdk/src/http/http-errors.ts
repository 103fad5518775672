import type { z } from 'zod'
import { type ErrorCode, SandboxError } from '../errors.ts'
import { errorOf, Problem } from '../wire/problem.ts'

export const unreachable = (origin: string, cause: unknown) =>
  new SandboxError('orchestrator_unreachable', `No answer from ${origin}.`, {
    hint: 'Is the orchestrator running there? `sandbox doctor` starts a local one and checks it.',
    retryable: true,
    cause,
  })

export const timedOut = (origin: string, timeoutMs: number) =>
  new SandboxError('timed_out', `${origin} did not answer within ${timeoutMs / 1000} s.`, {
    hint: 'Try again; if it stays so, `sandbox doctor` says what is slow.',
    retryable: true,
  })

export const cutShort = () =>
  new SandboxError('orchestrator_unreachable', 'The connection ended before the answer did.', {
    hint: 'Has the orchestrator been restarted? `sandbox ls` shows what there is now.',
    retryable: true,
  })

export const malformedAnswer = (cause?: z.ZodError) =>
  new SandboxError('internal', 'The server’s answer is not one this client understands.', {
    hint: 'Use the same version of Stuntdouble on both sides.',
    ...(cause && { cause, details: { at: cause.issues.map((issue) => issue.path.join('.')) } }),
  })

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  429: 'capacity',
  504: 'timed_out',
}

/** A refusal that is not ours, such as a proxy’s. */
export const unexpectedStatus = (status: number) =>
  new SandboxError(codeOfStatus[status] ?? 'internal', `The server answered ${status}.`, {
    hint: 'Does the address belong to a Stuntdouble orchestrator, with nothing else in between?',
    retryable: status === 429 || status >= 502,
  })

/** What a stream says went wrong, in the middle of an answer that had begun well. */
export function toldError(value: unknown): SandboxError {
  const problem = Problem.safeParse(value)
  if (problem.success) return errorOf(problem.data)
  return new SandboxError('internal', 'The command could not be run.', {
    hint: '`sandbox ls` shows whether the sandbox is still there.',
  })
}
