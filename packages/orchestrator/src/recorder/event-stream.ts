import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { eventStreamType, type SandboxEvent } from '@stuntdouble/sdk/wire'
import { createBell } from './bell.ts'
import type { EventQuery } from './pages.ts'
import type { Recorder } from './recorder.ts'

const heartbeatMs = 15_000
/** Who takes nothing for so long is dropped, and goes on with Last-Event-ID when it comes back. */
const takenWithinMs = 60_000

interface Streamed {
  readonly recorder: Recorder
  readonly response: ServerResponse
  readonly patienceMs?: number
}

/**
 * Tells a reader what follows, as it comes, until it goes away. Nothing is held for one that is slow:
 * it is given the next page when it has taken the one before.
 */
export async function streamEvents(
  { recorder, response, patienceMs = takenWithinMs }: Streamed,
  query: EventQuery,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const bell = createBell()
  const unsubscribe = recorder.subscribe(bell.ring)
  const heartbeat = setInterval(bell.ring, heartbeatMs)
  try {
    await tell(recorder, query, { response, patienceMs, gone: gone.signal, rung: bell.rung })
  } catch {
    response.destroy()
  } finally {
    clearInterval(heartbeat)
    unsubscribe()
  }
}

interface Reader {
  readonly response: ServerResponse
  readonly patienceMs: number
  readonly gone: AbortSignal
  readonly rung: (signal: AbortSignal) => Promise<void>
}

async function tell(recorder: Recorder, query: EventQuery, reader: Reader): Promise<void> {
  const { response, gone, rung } = reader
  response.setHeader('content-type', eventStreamType)
  response.setHeader('x-accel-buffering', 'no')
  let { after } = query
  await write(reader, 'retry: 1000\n\n')
  while (!gone.aborted) {
    const page = recorder.page({ ...query, after })
    for (const event of page.events) await write(reader, block(event))
    if (page.events.at(-1)?.seq !== page.next) await write(reader, mark(page.next))
    after = page.next
    // What came while nobody listened may be a million: others have their turn in between.
    await (page.more ? turn() : rung(gone))
  }
}

const block = (event: SandboxEvent) => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`

/** No event: where to go on from, for who is told of few; and a sign of life. */
const mark = (seq: number) => `:\nid: ${seq}\n\n`

async function write({ response, gone, patienceMs }: Reader, text: string): Promise<void> {
  if (response.write(text)) return
  const signal = AbortSignal.any([gone, AbortSignal.timeout(patienceMs)])
  await once(response, 'drain', { signal })
}
