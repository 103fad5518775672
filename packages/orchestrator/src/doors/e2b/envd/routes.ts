import { SandboxError } from '@stuntdouble/sdk/errors'
import { type ErrorRequestHandler, type Request, type Response, Router } from 'express'
import { asSandboxError } from '../../../lib/progress-response.ts'
import { connectErrorOf, sentence } from '../connect/connect-error.ts'
import { endEnvelope } from '../connect/envelope.ts'
import { mediaTypeOf, type Rpc, serveRpc, streamType } from '../connect/rpc.ts'
import type { E2bParts } from '../e2b.ts'
import { admit, checkUser } from './admission.ts'
import type { Caller } from './caller.ts'
import { sendFile, takeFiles } from './file-transfer.ts'
import { filesystemRpcs } from './filesystem.ts'
import { processRpcs } from './process.ts'

const services: Readonly<Record<string, Readonly<Record<string, Rpc<Caller>>>>> = {
  'process.Process': processRpcs,
  'filesystem.Filesystem': filesystemRpcs,
}

/** At `/e2b` of the gateway; signed addresses are made at its root, whatever address a client was given. */
export function e2bGatewayRoutes(parts: E2bParts): Router {
  const envd = envdRoutes(parts)
  const router = Router()
  router.use('/e2b', envd)
  router.use((request, response, next) =>
    request.path === '/files' ? envd(request, response, next) : next(),
  )
  return router
}

/** What envd, E2B’s program in every sandbox, serves: here it is the gateway that speaks for it. */
function envdRoutes(parts: E2bParts): Router {
  const router = Router()
  router.use((request, response, next) => {
    const sandbox = admit(parts, request)
    const use = parts.hosted.use(sandbox, () => response.destroy())
    response.once('close', () => use[Symbol.dispose]())
    response.locals.caller = callerOf(parts, sandbox)
    checkUser(request)
    next()
  })

  router.get('/health', (_request, response) => void response.status(204).end())
  router.get('/files', async (request, response) => {
    const path = textOf(request, 'path') ?? ''
    await sendFile({ caller: ofResponse(response), request, response }, path)
  })
  router.post('/files', async (request, response) => {
    const path = textOf(request, 'path')
    await takeFiles({ caller: ofResponse(response), request, response }, path)
  })
  router.post('/:service/:procedure', async (request, response, next) => {
    const rpc = rpcOf(request)
    if (rpc) await serveRpc(rpc, ofResponse(response), { request, response })
    else next()
  })
  router.use((request) => {
    throw notServed(request.path.slice(0, 100))
  })
  router.use(answerErrors)
  return router
}

const ofResponse = ({ locals }: Response) => locals.caller as Caller

function callerOf({ notes, ...parts }: E2bParts, sandbox: string): Caller {
  const { doors, recorder, watchers } = parts
  return { sandbox, doors, recorder, watchers, env: notes.get(sandbox)?.env ?? {} }
}

function rpcOf({ params }: Request): Rpc<Caller> | undefined {
  const [service, procedure] = [String(params.service), String(params.procedure)]
  const procedures = Object.hasOwn(services, service) ? services[service] : undefined
  return procedures && Object.hasOwn(procedures, procedure) ? procedures[procedure] : undefined
}

function textOf({ query }: Request, name: string): string | undefined {
  const value = query[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** 502 is what the edge of E2B says of a sandbox that is gone or paused, and what its clients understand. */
// biome-ignore lint/complexity/useMaxParams: express knows an error handler by its four parameters
const answerErrors: ErrorRequestHandler = (cause, request, response, _next) => {
  const error = asSandboxError(cause)
  if (error.code === 'internal') response.emit('failure', cause)
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (error.code === 'sandbox_gone' || error.details.state === 'paused') {
    response.status(502).json({ code: 502, message: sentence(error) })
  } else if (mediaTypeOf(request) === streamType) {
    // A stream is told of in a stream; only its end says what went wrong.
    response
      .status(200)
      .type(streamType)
      .send(endEnvelope(connectErrorOf(error).body))
  } else if (/^\/[a-z]+\.[A-Z]/.test(request.path)) {
    const { status, body } = connectErrorOf(error)
    response.status(status).json(body)
  } else response.status(error.status).json({ code: error.status, message: sentence(error) })
}

const notServed = (path: string) =>
  new SandboxError('not_implemented', `${path} is not served here.`, {
    hint: 'docs/e2b.md lists what is.',
  })
