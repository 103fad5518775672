import { SandboxError } from '@stuntdouble/sdk/errors'
import { type ErrorRequestHandler, json, type Request, type RequestHandler, Router } from 'express'
import { asSandboxError } from '../../../lib/progress-response.ts'
import { abortOnClose, parseBody } from '../../../lib/requests.ts'
import { isSameKey } from '../api-key.ts'
import { sentence } from '../connect/connect-error.ts'
import type { E2bParts } from '../e2b.ts'
import { createFromTemplate, endIn, joined, notServed, running } from './life.ts'
import { pageOf } from './listing.ts'
import { ListQuery, MetricsQuery, NewSandbox, Refresh, Timeout } from './messages.ts'
import { metricsOf } from './metrics.ts'
import { stateRoutes } from './states/routes.ts'
import { listed } from './views.ts'

/** E2B’s REST API, as much of it as makes sense of a stunt double. Mounted at `/e2b` of the control plane. */
export function e2bControlRoutes(parts: E2bParts): Router {
  const { sandboxes, notes } = parts
  const router = Router()
  router.use(requireE2bKey(parts), json({ limit: '1mb' }))
  const idOf = ({ params }: Request) => String(params.id)

  router.post(['/sandboxes', '/v2/sandboxes'], async (request, response) => {
    const wanted = parseBody(NewSandbox, request.body)
    const made = await createFromTemplate(parts, wanted, abortOnClose(response))
    response.status(201).json(made)
  })
  router.get(['/sandboxes', '/v2/sandboxes'], (request, response) => {
    const asked = parseBody(ListQuery, request.query)
    // Clients of the first version have no word for one that is paused.
    const query = request.path.startsWith('/v2/') ? asked : { ...asked, state: ['running'] }
    const { views, next } = pageOf(sandboxes.list({ ended: false }), query, notes)
    if (next !== undefined) response.set('x-next-token', next)
    response.json(views.map((view) => listed(view, notes.get(view.id))))
  })
  router.get('/sandboxes/:id', (request, response) => {
    const view = running(parts, idOf(request))
    response.json({ ...listed(view, notes.get(view.id)), ...joined(parts, view.id) })
  })
  router.get('/sandboxes/:id/metrics', async (request, response) => {
    const span = parseBody(MetricsQuery, request.query)
    const { id } = running(parts, idOf(request))
    response.json(metricsOf(await sandboxes.metrics(id, abortOnClose(response)), span))
  })
  router.delete('/sandboxes/:id', async (request, response) => {
    const { id } = running(parts, idOf(request))
    await sandboxes.end(id, 'down')
    response.status(204).end()
  })
  router.post('/sandboxes/:id/timeout', async (request, response) => {
    const { timeout: seconds } = parseBody(Timeout, request.body)
    await endIn(parts, idOf(request), { seconds, later: false })
    response.status(204).end()
  })
  router.post('/sandboxes/:id/refreshes', async (request, response) => {
    const { duration: seconds } = parseBody(Refresh, request.body)
    await endIn(parts, idOf(request), { seconds, later: true })
    response.status(204).end()
  })
  router.use(['/sandboxes', '/v2/sandboxes'], stateRoutes(parts))
  router.use(({ method, path }) => {
    throw notServed(`${method} ${path.slice(0, 100)}`)
  })
  router.use(answerErrors)
  return router
}

const requireE2bKey =
  ({ key, wrongKeys }: E2bParts): RequestHandler =>
  ({ headers, ip = '' }, _response, next) => {
    const given = headers['x-api-key']
    if (typeof given !== 'string' || !isSameKey(given, key)) throw wrongKeys.answer(ip, wrongKey())
    next()
  }

// biome-ignore lint/complexity/useMaxParams: express knows an error handler by its four parameters
const answerErrors: ErrorRequestHandler = (cause, _request, response, next) => {
  if (isClientMistake(cause)) return next(cause)
  const error = asSandboxError(cause)
  if (error.code === 'internal') response.emit('failure', cause)
  if (response.headersSent) {
    response.destroy()
    return
  }
  const status = statusOf(error)
  if (error.retryable) response.set('retry-after', '1')
  response.status(status).json({ code: status, message: sentence(error) })
}

/** 409 says `paused already` to its clients, which somebody else’s checkpoint is not. */
function statusOf({ code, retryable, status }: SandboxError): number {
  if (code === 'sandbox_gone') return 404
  return code === 'conflict' && retryable ? 503 : status
}

/** Of the body’s parser; answered where the others are. */
const isClientMistake = (cause: unknown) =>
  !(cause instanceof SandboxError) && typeof (cause as { type?: unknown }).type === 'string'

const wrongKey = () =>
  new SandboxError('unauthorized', 'This E2B_API_KEY is not known here.', {
    hint: '`sandbox env --e2b` prints the one of this installation.',
  })
