import type { z } from 'zod'
import type { SandboxError } from '../errors.ts'
import { errorOf, Problem } from '../wire/problem.ts'
import { type Connection, type Fetch, type HttpRequest, originOf } from './connection.ts'
import { malformedAnswer, timedOut, unexpectedStatus, unreachable } from './http-errors.ts'

const defaultTimeoutMs = 60_000

/** Sends a request. Resolves with a success only; everything else is a SandboxError or the caller’s abort. */
export async function send(connection: Connection, request: HttpRequest): Promise<Response> {
  const response = await dispatch(connection, request)
  if (response.ok) return response
  throw await refusal(response)
}

/** Sends a request and checks the answer against its schema; unknown keys of a newer server are dropped. */
export async function sendForJson<Schema extends z.ZodType>(
  connection: Connection,
  request: HttpRequest & { readonly schema: Schema },
): Promise<z.output<Schema>> {
  const response = await send(connection, { accept: 'application/json', ...request })
  const value: unknown = await response.json().catch(() => request.signal?.throwIfAborted())
  return parseAnswer(request.schema, value)
}

export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw malformedAnswer(result.error)
}

async function dispatch(connection: Connection, request: HttpRequest): Promise<Response> {
  const deadline = new Deadline(request)
  try {
    return await fetchOf(connection, request)(connection.url + request.path, {
      ...initOf(connection, request),
      signal: deadline.signal,
    })
  } catch (cause) {
    if (request.signal?.aborted) throw request.signal.reason
    if (deadline.passed) throw timedOut(originOf(connection), deadline.timeoutMs)
    throw unreachable(originOf(connection), cause)
  } finally {
    deadline.clear()
  }
}

function fetchOf(connection: Connection, request: HttpRequest): Fetch {
  const fetch = connection.fetch ?? ((url, init) => globalThis.fetch(url, init))
  return request.timeoutMs === null ? (connection.patientFetch ?? fetch) : fetch
}

/** A key or a capability is meant for one server: a redirect is an error, not an address to take it to. */
function initOf(connection: Connection, request: HttpRequest): RequestInit {
  const body = request.json === undefined ? request.body : JSON.stringify(request.json)
  const type = request.json === undefined ? request.type : 'application/json'
  return {
    method: request.method ?? 'GET',
    redirect: 'error',
    headers: {
      ...request.headers,
      ...(request.accept && { accept: request.accept }),
      ...(type && { 'content-type': type }),
      ...(connection.bearer && { authorization: `Bearer ${connection.bearer}` }),
    },
    ...(body !== undefined && { body }),
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  }
}

/** Ends a request whose headers do not come. The caller’s own signal goes on to cover the body. */
class Deadline {
  readonly timeoutMs: number
  readonly signal: AbortSignal | null
  readonly #late = new AbortController()
  readonly #timer: ReturnType<typeof setTimeout> | undefined

  constructor({ timeoutMs = defaultTimeoutMs, signal }: HttpRequest) {
    this.timeoutMs = timeoutMs ?? Number.POSITIVE_INFINITY
    if (timeoutMs !== null) this.#timer = setTimeout(() => this.#late.abort(), timeoutMs)
    this.signal = signal ? AbortSignal.any([signal, this.#late.signal]) : this.#late.signal
  }

  get passed() {
    return this.#late.signal.aborted
  }

  clear() {
    clearTimeout(this.#timer)
  }
}

async function refusal(response: Response): Promise<SandboxError> {
  const problem = Problem.safeParse(await response.json().catch(() => undefined))
  return problem.success ? errorOf(problem.data) : unexpectedStatus(response.status)
}
