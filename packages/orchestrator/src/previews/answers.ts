import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { SandboxError } from '@stuntdouble/sdk/errors'
import { problemOf, problemType } from '@stuntdouble/sdk/wire'

const ours = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** Why there is no preview: in words for a person with a browser, as a problem for a program. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: SandboxError,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const isPerson = request.headers.accept?.includes('text/html') ?? false
  const body = isPerson ? `${error.message}\n${error.hint}\n` : JSON.stringify(problemOf(error))
  response.writeHead(error.status, {
    ...ours,
    vary: 'accept',
    'content-type': isPerson ? 'text/plain; charset=utf-8' : problemType,
    'content-length': Buffer.byteLength(body),
    ...(error.retryable && { 'retry-after': '1' }),
    // What is left of its body is none of our work.
    ...(!request.complete && { connection: 'close' }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** The same for somebody who asked for a WebSocket. */
export function refuseSocket(socket: Duplex, error: SandboxError): void {
  socket.resume()
  socket.once('finish', () => socket.destroy())
  const body = JSON.stringify(problemOf(error))
  const head = [
    `HTTP/1.1 ${error.status} Refused`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** Once the token is a cookie, the address is one that may be seen: in a history, a log, a referrer. */
export function sendToClean(response: ServerResponse, location: string, cookie: string): void {
  response.writeHead(303, { ...ours, location, 'set-cookie': cookie, 'content-length': 0 })
  response.end()
}
