import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * A body in pieces. Who leaves off in the middle, because of what he read, leaves the connection
 * open, unlike with the request itself: what he has to say must still arrive.
 */
export const bodyOf = (request: IncomingMessage): AsyncIterable<Buffer> =>
  request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>

/**
 * Takes what is left of a body once its request was answered. Otherwise the connection stands still
 * in the middle of it, and what its client asks next is never read. One that goes on and on is ended
 * by the server’s `requestTimeout`.
 */
export function discardAfterwards(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.readableEnded) return
    request.unpipe()
    request.removeAllListeners('readable')
    request.removeAllListeners('data')
    request.resume()
  })
}
