import { once } from 'node:events'
import { SandboxError } from '@stuntdouble/sdk/errors'
import {
  ndjsonType,
  ProcessOutputQuery,
  type ProcessView,
  ResizeRequest,
  SignalRequest,
  StartProcess,
} from '@stuntdouble/sdk/wire'
import { json, type Request, type Response, Router } from 'express'
import { type BackgroundProcess, outputPage } from '../../doors/doors.ts'
import { bodyOf } from '../../lib/request-bodies.ts'
import { abortOnClose, parseBody } from '../../lib/requests.ts'
import type { GatewayParts } from '../gateway.ts'
import { lastWord } from '../last-word.ts'
import { lostProcesses } from './lost.ts'

const pageBytes = 256 * 1024
const anyJson = json({ limit: '1mb', type: () => true })

/** `<url>/processes`. Each request holds the sandbox active while it is open; a process does not. */
export function processRoutes(parts: GatewayParts): Router {
  const { processes } = parts.doors
  const router = Router({ mergeParams: true })
  const sandboxOf = ({ locals }: Response) => String(locals.sandbox)

  router.use((_request, response, next) => {
    const use = parts.hosted.use(sandboxOf(response), () => lastWord(response))
    response.once('close', () => use[Symbol.dispose]())
    next()
  })

  function lost(sandbox: string): ProcessView[] {
    const known = new Set(processes.list(sandbox).map(({ id }) => id))
    return lostProcesses(parts.recorder.list(sandbox), known)
  }

  /** One that can be talked to. */
  function found(request: Request, response: Response): BackgroundProcess {
    const sandbox = sandboxOf(response)
    const id = String(request.params.id)
    if (lost(sandbox).some((each) => each.id === id)) throw processLost(id)
    return processes.get(sandbox, id)
  }

  router.post('/', anyJson, async (request, response) => {
    const wanted = parseBody(StartProcess, request.body)
    const signal = abortOnClose(response)
    const { view } = await processes.start(sandboxOf(response), wanted, signal)
    response.status(201).json(view)
  })
  router.get('/', (_request, response) => {
    const sandbox = sandboxOf(response)
    const running = processes.list(sandbox).map(({ view }) => view)
    response.json({ processes: [...lost(sandbox), ...running] })
  })
  router.get('/:id', (request, response) => {
    const gone = lost(sandboxOf(response)).find(({ id }) => id === request.params.id)
    response.json(gone ?? found(request, response).view)
  })
  router.get('/:id/output', async (request, response) => {
    const process = found(request, response)
    const query = parseBody(ProcessOutputQuery, request.query)
    const signal = abortOnClose(response)
    if (request.headers.accept?.includes(ndjsonType)) return stream(process, query, response)
    response.json(await outputPage(process, { ...query, pageBytes }, signal))
  })
  router.post('/:id/stdin', async (request, response) => {
    const process = found(request, response)
    const signal = abortOnClose(response)
    for await (const chunk of bodyOf(request)) await process.write(chunk, signal)
    if (request.query.eof === 'true') process.closeStdin()
    response.status(204).end()
  })
  router.post('/:id/signal', anyJson, async (request, response) => {
    await found(request, response).kill(parseBody(SignalRequest, request.body).signal)
    response.status(204).end()
  })
  router.post('/:id/resize', anyJson, async (request, response) => {
    const { cols, rows } = parseBody(ResizeRequest, request.body)
    await found(request, response).resize(cols, rows)
    response.status(204).end()
  })
  router.delete('/:id', async (request, response) => {
    const process = found(request, response)
    if (process.view.state === 'running') await process.kill('SIGKILL')
    await process.ended
    response.json(process.view)
  })
  return router
}

async function stream(
  process: BackgroundProcess,
  { stdout, stderr, follow }: ProcessOutputQuery,
  response: Response,
): Promise<void> {
  const signal = abortOnClose(response)
  const from = { stdout, stderr, wait: follow === 'true' }
  response.setHeader('content-type', ndjsonType)
  response.flushHeaders()
  for await (const line of process.follow(from, signal)) {
    if (response.write(`${JSON.stringify(line)}\n`)) continue
    await once(response, 'drain', { signal }).catch(() => {})
  }
  response.end()
}

const processLost = (id: string) =>
  new SandboxError('conflict', `The orchestrator that started process "${id}" has ended since.`, {
    hint: 'It cannot be reached from here again; where it runs still, `kill PID` inside ends it.',
  })
