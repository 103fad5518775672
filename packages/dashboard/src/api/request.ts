import { SandboxError } from '@stuntdouble/sdk/errors'
import { errorOf, Problem } from '@stuntdouble/sdk/wire'
import type { z } from 'zod'

export interface Call<Answer> {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  /** What a good answer looks like; left out for one without a body. */
  readonly answer?: z.ZodType<Answer>
}

export interface Answered<Answer> {
  readonly value: Answer
  /** The server’s clock in milliseconds, when it told. */
  readonly serverTime: number | undefined
}

/** Sends one call with the session cookie. Rejects with a SandboxError, whatever went wrong. */
export async function request<Answer>(call: Call<Answer>): Promise<Answered<Answer>> {
  const response = await send(call)
  if (!response.ok) throw await problemFrom(response)
  const told = Date.parse(response.headers.get('date') ?? '')
  return {
    value: await parse(call, response),
    serverTime: Number.isNaN(told) ? undefined : told,
  }
}

async function send(call: Call<unknown>): Promise<Response> {
  try {
    return await fetch(`/v1${call.path}`, {
      method: call.method ?? 'GET',
      credentials: 'same-origin',
      // Another site cannot set this header without a preflight, which the server never allows.
      headers: {
        accept: 'application/json',
        'x-stuntdouble-csrf': '1',
        ...(call.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    })
  } catch (cause) {
    throw unreachable(cause)
  }
}

async function parse<Answer>(call: Call<Answer>, response: Response): Promise<Answer> {
  if (!call.answer) return undefined as Answer
  const parsed = call.answer.safeParse(await response.json().catch(() => undefined))
  if (!parsed.success) throw unreadable(call.path)
  return parsed.data
}

async function problemFrom(response: Response): Promise<SandboxError> {
  const problem = Problem.safeParse(await response.json().catch(() => undefined))
  return problem.success ? errorOf(problem.data) : unexplained(response.status)
}

const unreachable = (cause: unknown) =>
  new SandboxError('orchestrator_unreachable', 'The orchestrator does not answer.', {
    hint: 'Check that it runs: `sandbox doctor`. This page reconnects by itself.',
    retryable: true,
    cause,
  })

const unreadable = (path: string) =>
  new SandboxError('internal', `The answer of ${path} could not be read.`, {
    hint: 'Reload this page: the orchestrator may have been updated since it was opened.',
  })

const unexplained = (status: number) =>
  new SandboxError(status === 401 ? 'unauthorized' : 'internal', `The request failed (${status}).`, {
    hint: status === 401 ? 'Sign in again.' : 'Try again; the orchestrator’s log says more.',
    retryable: status >= 500,
  })
