import { BuildSnapshotRequest, ReviewRequest } from '@stuntdouble/sdk/wire'
import { type Request, Router } from 'express'
import { respondWithProgress } from '../lib/progress-response.ts'
import { abortOnClose, parseBody } from '../lib/requests.ts'
import type { Snapshots } from './snapshots.ts'

/** `/v1/snapshots` and `/v1/sources`. Expects bodies parsed, and errors answered by the app. */
export function snapshotRoutes(snapshots: Snapshots): Router {
  const router = Router()

  router.post('/snapshots', async (request, response) => {
    const { source } = parseBody(BuildSnapshotRequest, request.body)
    response.status(201)
    await respondWithProgress(request, response, (onProgress, signal) =>
      snapshots.build(source, onProgress, signal),
    )
  })
  router.get('/snapshots', (_request, response) => {
    response.json({ snapshots: snapshots.list() })
  })
  router.get('/snapshots/:id', (request, response) => {
    response.json(snapshots.show(named(request, 'id')))
  })
  router.delete('/snapshots/:id', async (request, response) => {
    await snapshots.remove(named(request, 'id'), abortOnClose(response))
    response.status(204).end()
  })
  router.get('/sources', (_request, response) => {
    response.json({ sources: snapshots.sources() })
  })
  router.post('/sources/:name/review', async (request, response) => {
    const { update } = parseBody(ReviewRequest, request.body)
    const signal = abortOnClose(response)
    response.json(await snapshots.review(named(request, 'name'), update, signal))
  })
  router.post('/sources/:name/plan', async (request, response) => {
    await respondWithProgress(request, response, (onProgress, signal) =>
      snapshots.plan(named(request, 'name'), onProgress, signal),
    )
  })
  return router
}

/** Stands in the message when there is no such thing, so no longer than any that there could be. */
const named = ({ params }: Request, parameter: string) => String(params[parameter]).slice(0, 40)
