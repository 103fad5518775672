import { once } from 'node:events'
import { createReadStream, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { json } from 'node:stream/consumers'
import { answer, refuse, type Told } from './preview-routes.ts'
import { furnish } from './preview-scene.ts'
import { ScriptedControlPlane } from './scripted-control-plane.ts'

export interface Preview extends AsyncDisposable {
  readonly url: string
  readonly plane: ScriptedControlPlane
  /** From now on every connection is dropped, open ones too, until it is called with false. */
  unplug(unplugged: boolean): void
}

export interface PreviewOptions {
  /** A free one when left out. */
  readonly port?: number
  /** The built page. */
  readonly dist?: string
}

const builtDist = join(import.meta.dirname, '../../dist')

/** The policy the orchestrator sends with every page. */
const contentSecurityPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Serves the built page over a scripted `/v1`. */
export async function startPreview(options: PreviewOptions = {}): Promise<Preview> {
  const { port = 0, dist = builtDist } = options
  const plane = new ScriptedControlPlane()
  let unplugged = false
  const server = createServer((request, response) => {
    if (unplugged) request.socket.destroy()
    else if (request.url?.startsWith('/v1/')) void handle(plane, request, response)
    else sendFile(dist, request, response)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    plane,
    unplug(wanted) {
      unplugged = wanted
      if (wanted) server.closeAllConnections()
    },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function handle(
  plane: ScriptedControlPlane,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://preview')
  const path = pathname.slice('/v1'.length)
  if (path === '/session') return session(plane, request, response)
  const told = forbidden(plane, request)
  if (told) return sendJson(response, told)
  if (path === '/events') return stream(plane, response)
  sendJson(response, answer(plane, { method: request.method ?? 'GET', path }))
}

function forbidden(plane: ScriptedControlPlane, request: IncomingMessage): Told | undefined {
  const cookie = /session=(\w+)/.exec(request.headers.cookie ?? '')?.[1]
  if (!cookie || !plane.sessions.has(cookie))
    return refuse('unauthorized', 'You are not signed in.', 'Sign in with a key.')
  if (request.method !== 'GET' && request.headers['x-stuntdouble-csrf'] !== '1')
    return refuse('forbidden', 'The request did not come from the page.', 'Reload the page.')
  return undefined
}

async function session(
  plane: ScriptedControlPlane,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'DELETE') plane.sessions.clear()
  else {
    const { key } = (await json(request)) as { key?: unknown }
    if (key !== plane.key)
      return sendJson(response, refuse('unauthorized', 'That key is not known.', 'Check the key.'))
    response.setHeader('set-cookie', `session=${plane.signIn()}; HttpOnly; SameSite=Strict; Path=/`)
  }
  response.writeHead(204).end()
}

function stream(plane: ScriptedControlPlane, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write(':\n\n')
  const stop = plane.onEvent((event) => {
    response.write(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`)
  })
  response.on('close', stop)
}

function sendJson(response: ServerResponse, { status, body }: Told): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body))
}

function sendFile(dist: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://preview')
  const file = join(dist, normalize(pathname === '/' ? '/index.html' : pathname))
  const type = types[extname(file)]
  if (!type || !file.startsWith(dist) || !existsSync(file)) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, {
    'content-type': type,
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  createReadStream(file).pipe(response)
}

if (import.meta.main) {
  const preview = await startPreview({ port: 8765 })
  furnish(preview.plane)
  console.log(`${preview.url}  key: ${preview.plane.key}`)
}
