import { existsSync } from 'node:fs'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { type Health, problemOf, problemType } from '@stuntdouble/sdk/wire'
import express, { type ErrorRequestHandler, type Express, type Response } from 'express'
import type { Auth } from './auth/auth.ts'
import { requireKey, sessionRoutes } from './auth/routes.ts'
import type { Changes } from './changes/changes.ts'
import { type DoctorParts, examine } from './doctor/doctor.ts'
import type { Doors, McpDoor } from './doors/doors.ts'
import { e2bControlRoutes } from './doors/e2b/control/routes.ts'
import type { E2bParts } from './doors/e2b/e2b.ts'
import { e2bGatewayRoutes } from './doors/e2b/envd/routes.ts'
import { mcpRoutes } from './doors/mcp/routes.ts'
import type { Egress } from './egress/egress.ts'
import { egressRoutes } from './egress/routes.ts'
import type { GatewayParts } from './gateway/gateway.ts'
import { mcpCaller } from './gateway/mcp-caller.ts'
import { pageAssets } from './gateway/page.ts'
import { gatewayRoutes } from './gateway/routes.ts'
import { checkAskedBy } from './lib/asked-by.ts'
import type { Log } from './lib/log.ts'
import { asSandboxError } from './lib/progress-response.ts'
import { abortOnClose, requireJson } from './lib/requests.ts'
import { traceOf } from './lib/trace.ts'
import { traceparentOf } from './lib/traceparent.ts'
import type { WrongKeys } from './lib/wrong-keys.ts'
import { mcpOwner } from './mcp-owner.ts'
import { openApiDocument } from './openapi/openapi.ts'
import type { Previews } from './previews/previews.ts'
import type { Recorder } from './recorder/recorder.ts'
import { eventRoutes } from './recorder/routes.ts'
import { checkpointRoutes } from './sandboxes/checkpoints/routes.ts'
import { poolRoutes } from './sandboxes/pool/routes.ts'
import { sandboxRoutes } from './sandboxes/routes.ts'
import type { Sandboxes } from './sandboxes/sandboxes.ts'
import { snapshotRoutes } from './snapshots/routes.ts'
import type { Snapshots } from './snapshots/snapshots.ts'
import type { StoreKinds } from './sources/sources.ts'
import type { Workspaces } from './workspaces/workspaces.ts'

export interface AppParts {
  readonly version: string
  readonly installation: string
  readonly auth: Auth
  readonly sandboxes: Sandboxes
  readonly snapshots: Snapshots
  readonly workspaces: Workspaces
  readonly changes: Changes
  readonly recorder: Recorder
  readonly egress: Egress
  readonly doors: Doors
  readonly e2b: E2bParts
  /** The tools of every sandbox. */
  readonly mcp: McpDoor
  readonly previews: Pick<Previews, 'view'>
  readonly kinds: StoreKinds
  readonly doctor: DoctorParts
  /** The built dashboard; left out where it was not built. */
  readonly dashboard: string
  /** By which it may be asked, beside its addresses and localhost. */
  readonly names: readonly string[]
  readonly wrongKeys: WrongKeys
  readonly log: Log
}

/** The control plane: `/v1` and the dashboard. Never listens. */
export function createApp(parts: AppParts): Express {
  const app = bare(parts)
  const document = openApiDocument(parts.version)
  const health = (): Health => ({
    ok: true,
    version: parts.version,
    installation: parts.installation,
    busy: parts.snapshots.building,
    pid: process.pid,
  })

  app.get('/v1/health', (_request, response) => void response.json(health()))
  app.get('/v1/openapi.json', (_request, response) => void response.json(document))
  app.use('/v1', requireJson, sessionRoutes(parts))
  app.use('/e2b', e2bControlRoutes(parts.e2b))
  app.use('/v1', requireKey(parts), express.json({ limit: '1mb' }))
  app.get('/v1/e2b', (_request, response) => void response.json(parts.e2b.environment()))
  app.get('/v1/doctor', async (_request, response) => {
    response.json(await examine(parts.doctor, abortOnClose(response)))
  })
  app.use('/v1', eventRoutes(parts.recorder), sandboxRoutes(parts), snapshotRoutes(parts.snapshots))
  app.use('/v1', checkpointRoutes(parts), poolRoutes(parts.sandboxes), egressRoutes(parts.egress))
  const owner = mcpOwner(parts)
  app.use(
    '/v1',
    mcpRoutes(parts.mcp, () => owner),
  )
  app.use('/v1', unknownRoute)
  if (existsSync(parts.dashboard)) app.use(dashboard(parts.dashboard))
  app.use(unknownRoute, answerErrors(parts.log))
  return app
}

/** The sandbox gateway. It shares no origin, cookie or route with the control plane. */
export function createGatewayApp(
  parts: GatewayParts & { readonly log: Log; readonly e2b: E2bParts },
): Express {
  const app = bare(parts)
  app.use(mcpRoutes(parts.mcp, (request) => mcpCaller(parts, request)))
  app.use(
    '/s/:handle',
    mcpRoutes(parts.mcp, (request) => mcpCaller(parts, request, String(request.params.handle))),
  )
  app.use('/s/:handle', gatewayRoutes(parts))
  if (parts.sandboxPage) app.use(pageAssets, express.static(parts.sandboxPage, { index: false }))
  app.use(e2bGatewayRoutes(parts.e2b))
  app.use(unknownRoute, answerErrors(parts.log))
  return app
}

function bare({ log, names }: Pick<AppParts, 'log' | 'names'>): Express {
  const app = express().disable('x-powered-by').disable('etag')
  app.use(({ headers }, response, next) => {
    const traceparent = traceparentOf(headers)
    response.on('failure', (cause) => logFailure(log, cause, traceparent))
    if (traceparent !== undefined) response.set('traceparent', traceparent)
    response.set({
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    checkAskedBy(headers, names)
    next()
  })
  return app
}

function dashboard(directory: string) {
  const setHeaders = (response: Response) =>
    void response.set(
      'content-security-policy',
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
  return express.static(directory, { cacheControl: false, setHeaders })
}

const unknownRoute = () => {
  throw new SandboxError('address_not_found', 'There is nothing at this address.', {
    hint: 'GET /v1/openapi.json of the control plane lists what there is; a hand-over URL, opened, explains itself.',
  })
}

const answerErrors =
  (log: Log): ErrorRequestHandler =>
  // biome-ignore lint/complexity/useMaxParams: express knows an error handler by its four parameters
  (cause, request, response, _next) => {
    const error = clientError(cause) ?? asSandboxError(cause)
    logFailure(log, cause, traceparentOf(request.headers))
    if (response.headersSent) {
      response.destroy()
      return
    }
    if (error.code === 'range_not_satisfiable') {
      response.set('content-range', `bytes */${error.details.size}`)
    }
    if (error.retryable) response.set('retry-after', retryAfter(error))
    response.status(error.status).type(problemType).json(problemOf(error))
  }

const retryAfter = ({ details }: SandboxError) => String(details.retryAfterSeconds ?? 1)

/** Our own errors are answers. What lies beneath them, and anything else, is for the log. */
function logFailure(log: Log, cause: unknown, traceparent: string | undefined): void {
  const beneath = cause instanceof SandboxError ? cause.cause : cause
  if (beneath !== undefined) {
    log.error({ ...traceOf(beneath), ...(traceparent && { traceparent }) }, 'a request failed')
  }
}

/** What express and its body parser complain about is the client’s mistake. */
function clientError(cause: unknown): SandboxError | undefined {
  if (cause instanceof URIError) return badAddress()
  const { type, status } = cause as { type?: string; status?: number }
  if (typeof type !== 'string' || typeof status !== 'number' || status >= 500) return undefined
  return new SandboxError('usage', `The request body cannot be read: ${type}.`, {
    hint: 'Send JSON with content-type: application/json, at most 1 MB.',
  })
}

const badAddress = () =>
  new SandboxError('usage', 'The address is not percent-encoded as it should be.', {
    hint: 'Encode each part of the path, such as with encodeURIComponent.',
  })
