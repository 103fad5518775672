import { SandboxError } from '@stuntdouble/sdk/errors'
import { BuildSnapshotRequest, Name, ReviewRequest, SnapshotId } from '@stuntdouble/sdk/wire'
import { Router } from 'express'
import { z } from 'zod'
import { respondWithProgress } from '../lib/progress-response.ts'
import type { Snapshots } from './snapshots.ts'

/** Below `/v1`. Expects JSON bodies parsed, and errors answered by the app. */
export function snapshotRoutes(snapshots: Snapshots): Router {
  const router = Router()

  router.post('/snapshots', async (request, response) => {
    const { source } = accept(BuildSnapshotRequest, request.body)
    response.status(201)
    await respondWithProgress(request, response, (onProgress, signal) =>
      snapshots.build(source, onProgress, signal),
    )
  })
  router.get('/snapshots', (_, response) => {
    response.json({ snapshots: snapshots.list() })
  })
  router.get('/snapshots/:id', (request, response) => {
    response.json(snapshots.show(idOf(request.params)))
  })
  router.delete('/snapshots/:id', async (request, response) => {
    await snapshots.remove(idOf(request.params), untilClosed(response))
    response.status(204).end()
  })
  router.get('/sources', (_, response) => {
    response.json({ sources: snapshots.sources() })
  })
  router.post('/sources/:name/review', async (request, response) => {
    const { name } = accept(NameParameter, request.params)
    const { update } = accept(ReviewRequest, request.body ?? {})
    response.json(await snapshots.review(name, update, untilClosed(response)))
  })
  return router
}

const IdParameter = z.object({ id: SnapshotId })
const NameParameter = z.object({ name: Name })
const idOf = (parameters: unknown) => accept(IdParameter, parameters).id

function accept<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const complaints = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new SandboxError('usage', complaints.join('; '), {
    hint: 'The API document at /v1/openapi.json says what this request takes.',
  })
}

/** Aborted when the client goes away before its answer. */
function untilClosed(response: {
  once(event: 'close', listener: () => void): unknown
}): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Error('the client went away')))
  return gone.signal
}
