import { pipeline } from 'node:stream/promises'
import {
  CreateSandboxRequest,
  ExtendRequest,
  HandoverRequest,
  idempotencyHeader,
  LogQuery,
  parseDuration,
  patchType,
  RenewRequest,
  RevokeRequest,
  SandboxListQuery,
  TimeoutRequest,
} from '@stuntdouble/sdk/wire'
import { type Request, Router } from 'express'
import type { Changes } from '../changes/changes.ts'
import type { Doors } from '../doors/doors.ts'
import { respondWithProgress } from '../lib/progress-response.ts'
import { bodyOf } from '../lib/request-bodies.ts'
import { abortOnClose, parseBody } from '../lib/requests.ts'
import type { Recorder } from '../recorder/recorder.ts'
import type { ServerKinds } from '../sources/sources.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import { badIdempotencyKey } from './errors.ts'
import { idOf } from './id-of.ts'
import { pageOf } from './list-page.ts'
import type { Sandboxes } from './sandboxes.ts'

interface Parts {
  readonly sandboxes: Sandboxes
  readonly workspaces: Workspaces
  readonly changes: Changes
  readonly recorder: Recorder
  readonly doors: Doors
  readonly kinds: ServerKinds
}

function idempotencyKeyOf({ headers }: Request): string | undefined {
  const key = headers[idempotencyHeader]
  if (key === undefined || (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key))) return key
  throw badIdempotencyKey()
}

/** `/v1/sandboxes` and `/v1/workspaces`. */
export function sandboxRoutes(parts: Parts): Router {
  const { sandboxes, workspaces, changes, recorder, doors, kinds } = parts
  const router = Router()

  router.post('/sandboxes', async (request, response) => {
    const wanted = parseBody(CreateSandboxRequest, request.body)
    const key = idempotencyKeyOf(request)
    response.status(201)
    await respondWithProgress(request, response, (onProgress, signal) =>
      key === undefined
        ? sandboxes.create(wanted, onProgress, signal)
        : sandboxes.createOnce(key, wanted, { onProgress, signal }),
    )
  })
  router.get('/sandboxes', (request, response) => {
    const { all, ...wanted } = parseBody(SandboxListQuery, request.query)
    response.json(pageOf(sandboxes.list({ ended: all === 'true' }), wanted))
  })
  router.get('/sandboxes/:id', (request, response) => {
    response.json(sandboxes.get(idOf(request)))
  })
  router.delete('/sandboxes/:id', async (request, response) => {
    const force = request.query.force === 'true'
    response.json(await sandboxes.end(idOf(request), 'down', { force }))
  })
  router.get('/sandboxes/:id/receipt', (request, response) => {
    response.json(sandboxes.receipt(idOf(request)))
  })
  router.post('/sandboxes/:id/extend', async (request, response) => {
    const wanted = parseBody(ExtendRequest, request.body)
    response.json(await sandboxes.extend(idOf(request), wanted))
  })
  router.post('/sandboxes/:id/timeout', async (request, response) => {
    const { timeoutMs } = parseBody(TimeoutRequest, request.body)
    response.json(await sandboxes.endIn(idOf(request), timeoutMs))
  })
  router.use(handoverRoutes(parts))
  router.post('/sandboxes/:id/databases/:name/local', async (request, response) => {
    const sandbox = idOf(request)
    const database = sandboxes.database(sandbox, String(request.params.name))
    const use = (cut: () => void) => sandboxes.use(sandbox, cut)
    const port = await doors.ports.open({ sandbox, port: database.port, use })
    const at = { host: '127.0.0.1', port }
    response.json({ url: kinds[database.kind].url(database.credentials, at), ...at })
  })
  router.get('/sandboxes/:id/events', (request, response) => {
    const { id } = sandboxes.get(idOf(request))
    response.json({ events: recorder.list(id) })
  })
  router.get('/sandboxes/:id/metrics', async (request, response) => {
    response.json(await sandboxes.metrics(idOf(request), abortOnClose(response)))
  })
  router.get('/sandboxes/:id/logs/:name', async (request, response) => {
    const asked = { ...parseBody(LogQuery, request.query), name: String(request.params.name) }
    response.json(await sandboxes.logs(idOf(request), asked, abortOnClose(response)))
  })
  router.get('/sandboxes/:id/changes', async (request, response) => {
    const sandbox = idOf(request)
    using _use = sandboxes.use(sandbox, () => response.destroy())
    response.json(await changes.list(sandbox, abortOnClose(response)))
  })
  router.get('/sandboxes/:id/patch', async (request, response) => {
    const sandbox = idOf(request)
    using _use = sandboxes.use(sandbox, () => response.destroy())
    const patch = await changes.patch(sandbox, abortOnClose(response))
    response.set({ 'content-type': patchType, 'content-disposition': 'attachment' })
    await pipeline(patch, response)
  })
  router.put('/workspaces', async (request, response) => {
    response.status(201).json(await workspaces.receive(bodyOf(request), abortOnClose(response)))
  })
  router.put('/workspaces/check', async (request, response) => {
    response.json(await workspaces.check(bodyOf(request), abortOnClose(response)))
  })
  return router
}

/** Who may use a sandbox, and for how long. */
function handoverRoutes({ sandboxes, recorder }: Parts): Router {
  const router = Router()
  router.post('/sandboxes/:id/handover', (request, response) => {
    const { ttl } = parseBody(HandoverRequest, request.body)
    const handover = sandboxes.handover(
      idOf(request),
      ttl === undefined ? undefined : parseDuration(ttl),
    )
    recorder.record(handover.id, 'handover')
    response.status(201).json(handover)
  })
  router.post('/sandboxes/:id/handover/renew', (request, response) => {
    const { token, ttl } = parseBody(RenewRequest, request.body)
    sandboxes.renew(idOf(request), token, parseDuration(ttl) ?? 0)
    response.status(204).end()
  })
  router.post('/sandboxes/:id/handover/revoke', (request, response) => {
    sandboxes.revoke(idOf(request), parseBody(RevokeRequest, request.body).token)
    response.status(204).end()
  })
  return router
}
