import type { SandboxEvent } from '@stuntdouble/sdk/wire'
import { Router } from 'express'
import type { Recorder } from './recorder.ts'

const heartbeatMs = 15_000
/** A reader that does not keep up is dropped; it resumes with Last-Event-ID. */
const maxBufferedBytes = 1024 ** 2

/** `/v1/events`: every event as it comes, by server-sent events. */
export function eventRoutes(recorder: Recorder): Router {
  const router = Router()
  router.get('/events', (request, response) => {
    response.set({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    response.write('retry: 1000\n\n')
    const send = (event: SandboxEvent) => {
      if (response.writableLength > maxBufferedBytes) response.destroy()
      else response.write(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`)
    }

    const after = Number(request.headers['last-event-id'])
    if (after > 0) {
      for (const missed of missedSince(recorder, after)) {
        if (response.destroyed) return
        send(missed)
      }
    }
    const unsubscribe = recorder.subscribe(send)
    const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs)
    response.once('close', () => {
      clearInterval(heartbeat)
      unsubscribe()
    })
  })
  return router
}

/** As many as there are; a thousand are held at a time. */
function* missedSince(recorder: Recorder, after: number): Generator<SandboxEvent> {
  let seq = after
  for (;;) {
    const missed = recorder.after(seq)
    yield* missed
    const last = missed.at(-1)
    if (last === undefined) return
    seq = last.seq
  }
}
