import { EventFilter, eventStreamType } from '@stuntdouble/sdk/wire'
import { type Request, Router } from 'express'
import { parseBody } from '../lib/requests.ts'
import { streamEvents } from './event-stream.ts'
import type { Recorder } from './recorder.ts'

/** `/v1/events`: everything that happens, as server-sent events or, for who asks for JSON, by pages. */
export function eventRoutes(recorder: Recorder): Router {
  const router = Router()
  router.get('/events', async (request, response) => {
    const { after, ...filter } = parseBody(EventFilter, asked(request))
    if (request.accepts(eventStreamType, 'application/json') === 'application/json') {
      response.json(recorder.page({ ...filter, after: after ?? 0 }))
      return
    }
    await streamEvents({ recorder, response }, { ...filter, after: after ?? recorder.newest() })
  })
  return router
}

/** A browser repeats the address when it comes back, and says besides where it was. */
function asked({ query, headers }: Request): unknown {
  const last = headers['last-event-id']
  return last === undefined ? query : { ...query, after: last }
}
