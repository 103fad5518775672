import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** What leaves a sandbox. Nothing does: every request is answered at once with the reason. */
export interface Egress {
  /** Serves one connection that left a pod. Never throws; the socket is closed by either side. */
  serve(sandbox: string, socket: Duplex): void
}

export interface Denial {
  readonly sandbox: string
  readonly method: string
  /** host or host:port as asked for; at most 255 characters. */
  readonly target: string
}

const headerTimeoutMs = 10_000
const maxHeaderBytes = 16_384

export function createEgress(onDenied: (denial: Denial) => void): Egress {
  const owners = new WeakMap<object, string>()
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: headerTimeoutMs,
    requestTimeout: headerTimeoutMs,
    connectionsCheckingInterval: 1_000,
  })

  const deny = (request: IncomingMessage, target: string): string => {
    const sandbox = owners.get(request.socket) ?? 'unknown'
    onDenied({ sandbox, method: request.method ?? '', target: target.slice(0, 255) })
    return denialFor(target)
  }

  server.on('request', (request, response) => {
    const body = deny(request, targetOf(request))
    response.writeHead(403, { ...headers(body), connection: 'close' }).end(body)
  })
  server.on('connect', (request, socket: Duplex) => {
    const body = deny(request, request.url ?? '')
    socket.end(rawResponse(body))
  })
  server.on('clientError', (_cause, socket) => {
    socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
  })

  return {
    serve(sandbox, socket) {
      owners.set(socket, sandbox)
      socket.on('error', () => socket.destroy())
      server.emit('connection', socket)
    },
  }
}

function targetOf(request: IncomingMessage): string {
  return URL.parse(request.url ?? '')?.host || request.headers.host || 'unknown'
}

/** Written for the agent that reads it. */
function denialFor(target: string): string {
  const host = target.slice(0, 255)
  return `${JSON.stringify({
    error: 'blocked_by_policy',
    message: `This sandbox has no way out; the request to ${host} was not sent.`,
    hint: 'Do not retry. Work with what is in the sandbox, or ask the operator to allow this host.',
  })}\n`
}

const headers = (body: string) => ({
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(body)),
  'proxy-status': 'stuntdouble; error=http_request_denied',
})

function rawResponse(body: string): string {
  const lines = Object.entries({ ...headers(body), connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return `HTTP/1.1 403 Forbidden\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}
