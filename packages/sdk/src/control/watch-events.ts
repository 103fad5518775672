import { z } from 'zod'
import { SandboxError } from '../errors.ts'
import type { Connection } from '../http/connection.ts'
import { parseAnswer, send } from '../http/http.ts'
import { cutShort } from '../http/http-errors.ts'
import { pause } from '../http/pause.ts'
import { serverSentEvents } from '../http/server-sent-events.ts'
import { type EventType, eventStreamType, SandboxEvent } from '../wire/events.ts'

export interface EventsWanted {
  /** What follows this number of an event; 0 for everything that is kept. From now on when left out. */
  readonly after?: number | undefined
  /** Only what happened to this sandbox, or snapshot. */
  readonly sandbox?: string | undefined
  /** Only these. */
  readonly types?: readonly EventType[] | undefined
}

export interface WatchOptions extends EventsWanted {
  /** Ends it. */
  readonly signal?: AbortSignal | undefined
}

const slowestRetryMs = 5_000

/**
 * Every event as it comes, each once. A connection that breaks, or an orchestrator that is started
 * anew, is gone back to and what was missed told; a refusal is thrown, and so is a first connection
 * that fails.
 */
export async function* watchEvents(
  connection: Connection,
  { signal, ...wanted }: WatchOptions,
): AsyncGenerator<SandboxEvent, void, undefined> {
  let after = wanted.after
  let retryMs: number | undefined
  for (;;) {
    try {
      for await (const { id, data } of await open(connection, { ...wanted, after, signal })) {
        retryMs = 100
        if (data !== '') yield eventIn(data)
        after = id === undefined ? after : Number(id)
      }
      throw cutShort()
    } catch (cause) {
      if (retryMs === undefined || !isBroken(cause)) throw cause
      await pause(retryMs, signal)
      signal?.throwIfAborted()
      retryMs = Math.min(retryMs * 2, slowestRetryMs)
    }
  }
}

async function open(connection: Connection, { signal, ...wanted }: WatchOptions) {
  const path = `/v1/events${queryOf(wanted)}`
  const request = { path, accept: eventStreamType, timeoutMs: null, signal }
  return serverSentEvents(await send(connection, request))
}

export function queryOf({ after, sandbox, types }: EventsWanted): string {
  const query = new URLSearchParams({
    ...(after !== undefined && { after: String(after) }),
    ...(sandbox !== undefined && { sandbox }),
    ...(types !== undefined && { type: types.join(',') }),
  })
  return query.size > 0 ? `?${query}` : ''
}

const isBroken = (cause: unknown) =>
  cause instanceof SandboxError && ['orchestrator_unreachable', 'timed_out'].includes(cause.code)

const eventIn = (data: string) => parseAnswer(z.string().transform(toJson).pipe(SandboxEvent), data)

function toJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue('not JSON')
    return z.NEVER
  }
}
