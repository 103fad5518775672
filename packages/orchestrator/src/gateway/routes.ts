import { randomBytes } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { ExecRequest, LogQuery, ndjsonType, type Welcome } from '@stuntdouble/sdk/wire'
import {
  json,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express'
import { ownPage } from '../capabilities/capabilities.ts'
import { bodyOf } from '../lib/request-bodies.ts'
import { abortOnClose, parseBody } from '../lib/requests.ts'
import { checkpointRoutes } from './checkpoints/routes.ts'
import { commandText } from './command-text.ts'
import { streamCommand } from './exec-stream.ts'
import { instructions, welcome } from './explain.ts'
import { bytesWanted } from './files/byte-range.ts'
import { pathOf } from './files/path-of.ts'
import { treeRoutes } from './files/routes.ts'
import { authorize, type GatewayParts, tokenOf } from './gateway.ts'
import { lastWord } from './last-word.ts'
import { page, pagePolicy } from './page.ts'
import { pageCookie } from './page-cookie.ts'
import { processRoutes } from './processes/routes.ts'
import { queryRoutes } from './queries/routes.ts'

/** Everything behind a hand-over URL but the WebSocket. Mounted at `/s/:handle`. */
export function gatewayRoutes(parts: GatewayParts): Router {
  const router = Router({ mergeParams: true })
  router.use(admission(parts))

  router.get('/', (_request, response, next) => {
    explain(parts, response, next)
  })

  // Of any type: the address is the whole permission, so a form of another site’s gains nothing.
  router.post('/exec', json({ limit: '1mb', type: () => true }), async (request, response) => {
    const sandbox = sandboxOf(response)
    const command = parseBody(ExecRequest, request.body)
    using _use = parts.hosted.use(sandbox, (why) => lastWord(response, why))
    const signal = abortOnClose(response)
    if (request.headers.accept?.includes(ndjsonType)) {
      await streamCommand(parts, { sandbox, command, response, signal })
      return
    }
    await runCommand(parts, { sandbox, command, response, signal })
  })

  router.get('/metrics', async (_request, response) => {
    response.json(await parts.hosted.metrics(sandboxOf(response), abortOnClose(response)))
  })

  router.get('/logs/:name', async (request, response) => {
    const asked = { ...parseBody(LogQuery, request.query), name: String(request.params.name) }
    response.json(await parts.hosted.logs(sandboxOf(response), asked, abortOnClose(response)))
  })

  router.use('/processes', processRoutes(parts))
  router.use('/databases', queryRoutes(parts))

  addFileRoutes(router, parts)
  router.use(treeRoutes(parts))
  addPortRoutes(router, parts)
  router.use(checkpointRoutes(parts))
  return router
}

function addFileRoutes(router: Router, parts: GatewayParts): void {
  router.get('/files{/*path}', async (request, response) => {
    const sandbox = sandboxOf(response)
    const path = pathOf(request)
    using _use = useUntilCut(parts, response)
    const wanted = bytesWanted(request.headers)
    const file = { sandbox, path, ...(wanted && { wanted }) }
    const content = await parts.doors.files.read(file, abortOnClose(response))
    if (Array.isArray(content)) {
      response.set('x-stuntdouble-type', 'directory').json({ path, entries: content })
      return
    }
    // The sandbox's files are hostile to a browser: never shown on this origin, only saved.
    response.set({
      'x-stuntdouble-type': 'file',
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'x-stuntdouble-size': String(content.part?.total ?? content.size),
      'accept-ranges': 'bytes',
    })
    if (content.part) {
      const { first, last, total } = content.part
      response.status(206).set('content-range', `bytes ${first}-${last}/${total}`)
    }
    await pipeline(content.body, response)
  })

  router.put('/files/*path', async (request, response) => {
    const sandbox = sandboxOf(response)
    const path = pathOf(request)
    using _use = useUntilCut(parts, response)
    const signal = abortOnClose(response)
    const size = await parts.doors.files.write({ sandbox, path }, bodyOf(request), signal)
    parts.recorder.recordSoon(sandbox, 'file_written', { path, size })
    response.json({ path, size })
  })

  router.delete('/files/*path', async (request, response) => {
    const sandbox = sandboxOf(response)
    const path = pathOf(request)
    using _use = useUntilCut(parts, response)
    await parts.doors.files.remove({ sandbox, path }, abortOnClose(response))
    parts.recorder.recordSoon(sandbox, 'file_removed', { path })
    response.status(204).end()
  })
}

function addPortRoutes(router: Router, parts: GatewayParts): void {
  router.get('/ports', async (request, response) => {
    using _use = useUntilCut(parts, response)
    const { previews } = parts
    const signal = abortOnClose(response)
    const ports = await previews.list(sandboxOf(response), tokenIn(request), signal)
    response.json({ ports })
  })

  router.use('/ports/:port', async (request, response) => {
    const [sandbox, port] = [sandboxOf(response), portOf(request)]
    const isAskedAbout = request.originalUrl.split('?')[0]?.endsWith(`/${port}`)
    if (isAskedAbout) response.json(parts.previews.view(sandbox, port, tokenIn(request)))
    else await parts.previews.relayTo({ sandbox, port, path: request.url }, request, response)
  })
}

const tokenIn = ({ params, headers }: Request) => tokenOf(String(params.handle), headers)

function portOf({ params }: Request): number {
  const port = Number(params.port)
  if (!/^[1-9]\d{0,4}$/.test(String(params.port)) || port > 65_535) throw notAPort()
  return port
}

const outputLimit = {
  limit: 'output',
  message: 'output limit reached: what came after was dropped',
} as const

interface RunCommand {
  readonly sandbox: string
  readonly command: ExecRequest
  readonly response: Response
  readonly signal: AbortSignal
}

/** Answers when the command has ended, with all it said. */
async function runCommand(
  parts: GatewayParts,
  { sandbox, command, response, signal }: RunCommand,
): Promise<void> {
  const started = performance.now()
  const closed = new Promise((resolve) => response.once('close', resolve))
  const result = await parts.doors.commands.run(sandbox, command, { signal, closed })
  if (response.headersSent) return
  // On the disk it would take longer than many a command.
  parts.recorder.recordSoon(sandbox, 'command', {
    command: commandText(command.command),
    exitCode: result.exitCode,
    milliseconds: Math.round(performance.now() - started),
    stdoutTail: result.stdout.slice(-2000),
    stderrTail: result.stderr.slice(-2000),
  })
  if (result.truncated) parts.recorder.record(sandbox, 'limit_reached', outputLimit)
  response.json(result)
}

/** Before any body is read: a stranger’s is none of our work. */
function admission(parts: GatewayParts): RequestHandler {
  return (request, response, next) => {
    response.locals.sandbox = authorize(parts, String(request.params.handle), request)
    next()
  }
}

/** What is still being sent when the sandbox’s end begins goes no further. */
const useUntilCut = ({ hosted }: GatewayParts, response: Response) =>
  hosted.use(sandboxOf(response), () => response.destroy())

const sandboxOf = ({ locals }: Response) => String(locals.sandbox)

function explain(parts: GatewayParts, response: Response, next: NextFunction): void {
  const sandbox = sandboxOf(response)
  // Opening it is a use, and what is told counts from there.
  useUntilCut(parts, response)[Symbol.dispose]()
  const view = parts.hosted.get(sandbox)
  const { req: request } = response
  const handle = String(request.params.handle)
  const self = welcome(view, `${parts.origin()}/s/${handle}`)
  response.set('vary', 'accept').format({
    json: () => response.json(self),
    text: () => response.type('text/plain').send(instructions(self)),
    html: () => {
      if (handle !== sandbox) sendToPage(parts, response, tokenIn(request))
      else sendPage(parts, self, response).catch(next)
    },
  })
}

async function sendPage(parts: GatewayParts, self: Welcome, response: Response): Promise<void> {
  const { req: request } = response
  const signal = abortOnClose(response)
  // A sandbox that is too busy to list its ports has a page all the same.
  const ports = await parts.previews.list(self.id, tokenIn(request), signal).catch(() => [])
  const nonce = parts.sandboxPage === null ? undefined : randomBytes(16).toString('base64url')
  response.set('content-security-policy', pagePolicy(nonce)).type('text/html')
  response.send(page(self, { ports, now: Date.now(), nonce }))
}

/** A person’s browser keeps no address with a token in it: not in its history, not in a screenshot. */
function sendToPage(parts: GatewayParts, response: Response, token: string): void {
  const sandbox = sandboxOf(response)
  response.set('set-cookie', pageCookie(sandbox, parts.capabilities.narrow(token, ownPage)))
  response.redirect(303, `/s/${sandbox}`)
}

const notAPort = () =>
  new SandboxError('usage', 'That is not a port.', { hint: 'Ports are 1 to 65535.' })
