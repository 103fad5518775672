import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Certificate } from './certificate.ts'

/** A server of the outside world, and what reached it. */
export interface Web extends AsyncDisposable {
  readonly port: number
  readonly heard: { readonly request: IncomingMessage; readonly body: string }[]
}

/** Answers `hello from HOST` unless told otherwise. */
export async function openWeb(listener?: RequestListener, tls?: Certificate): Promise<Web> {
  const heard: Web['heard'] = []
  const answer: RequestListener = async (request, response) => {
    if (listener) return listener(request, response)
    const body = await text(request).catch(() => undefined)
    // One that was cut off was not heard.
    if (body === undefined) return
    heard.push({ request, body })
    response.end(`hello from ${request.headers.host}`)
  }
  const server: Server = tls ? createTlsServer(tls, answer) : createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
