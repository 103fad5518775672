import type { IncomingMessage, RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GatewayParts } from './gateway.ts'
import { createProcessSocket } from './process-socket.ts'

/** What stands first at the gateway’s port. */
export interface Front {
  readonly request: RequestListener
  upgrade(request: IncomingMessage, socket: Duplex, first: Buffer): void
}

/** By the name it is asked by, a request is a preview’s or our own, and never both. */
export function openFront(parts: GatewayParts, app: RequestListener): Front {
  const { previews } = parts
  const processes = createProcessSocket(parts)
  return {
    request(request, response) {
      if (previews.serves(request.headers.host)) previews.request(request, response)
      else app(request, response)
    },
    upgrade(request, socket, first) {
      if (previews.serves(request.headers.host)) previews.upgrade(request, socket, first)
      else processes.upgrade(request, socket, first)
    },
  }
}
