import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** What leaves a sandbox. Nothing does: every request is answered at once with the reason. */
export interface Egress {
  /** Serves one connection that left a pod, for ten seconds at most. Never throws. */
  serve(sandbox: string, socket: Duplex): void
}

export interface Denial {
  readonly sandbox: string
  /** Empty for what is no HTTP request. */
  readonly method: string
  /** host or host:port as asked for, at most 255 characters; `unreadable` where there is none. */
  readonly target: string
}

/**
 * An answer takes a millisecond. Node's own timeouts run in servers that listen, which this one does
 * not, and a pod could otherwise hold its connections open for ever.
 */
const lifetimeMs = 10_000
const maxHeaderBytes = 16_384

export function createEgress(onDenied: (denial: Denial) => void): Egress {
  const owners = new WeakMap<object, string>()
  const server = createServer({ maxHeaderSize: maxHeaderBytes })
  const ownerOf = (socket: object) => owners.get(socket) ?? 'unknown'

  const deny = (request: IncomingMessage, asked: string): string => {
    const target = asked.slice(0, 255)
    onDenied({ sandbox: ownerOf(request.socket), method: request.method ?? '', target })
    return denialFor(target)
  }
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const body = deny(request, targetOf(request))
    response.writeHead(403, { ...headers(body), connection: 'close' }).end(body)
  }

  server.on('request', answer)
  // A body that waits to be asked for is not asked for.
  server.on('checkContinue', answer)
  server.on('connect', (request, socket: Duplex) => {
    finish(socket, rawResponse('403 Forbidden', deny(request, request.url ?? '')))
  })
  server.on('clientError', (_cause, socket) => {
    if (socket.writableEnded) return
    onDenied({ sandbox: ownerOf(socket), method: '', target: 'unreadable' })
    finish(socket, rawResponse('400 Bad Request', unreadable))
  })

  return {
    serve(sandbox, socket) {
      owners.set(socket, sandbox)
      const late = setTimeout(() => socket.destroy(), lifetimeMs)
      socket.once('close', () => clearTimeout(late))
      socket.on('error', () => socket.destroy())
      server.emit('connection', socket)
    },
  }
}

/** Takes in what else comes: closing on unread bytes would cut off the answer. */
function finish(socket: Duplex, response: string): void {
  socket.end(response)
  socket.resume()
}

function targetOf(request: IncomingMessage): string {
  return URL.parse(request.url ?? '')?.host || request.headers.host || 'unknown'
}

/** Written for the agent that reads it. */
const denialFor = (host: string) =>
  `${JSON.stringify({
    error: 'blocked_by_policy',
    message: `This sandbox has no way out; the request to ${host} was not sent.`,
    hint: 'Do not retry. Work with what is in the sandbox, or ask the operator to allow this host.',
  })}\n`

const unreadable = `${JSON.stringify({
  error: 'blocked_by_policy',
  message: 'This sandbox has no way out, and this is not an HTTP request that could be read.',
  hint: 'Do not retry. Work with what is in the sandbox.',
})}\n`

const headers = (body: string) => ({
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(body)),
  'proxy-status': 'stuntdouble; error=http_request_denied',
})

function rawResponse(status: string, body: string): string {
  const lines = Object.entries({ ...headers(body), connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return `HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}
