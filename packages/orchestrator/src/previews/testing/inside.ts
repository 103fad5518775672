import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { openGateway, sandbox } from '../../gateway/testing/gateway-under-test.ts'

export const port = 3000

export interface Asked {
  readonly method?: string
  readonly path?: string
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** The gateway before a sandbox in which a server listens on port 3000, over connections in memory. */
export async function openPreview(listener: RequestListener) {
  const gateway = await openGateway()
  const server = createServer(listener)
  const connections: Duplex[] = []
  gateway.engine.listen(sandbox, port, (socket) => {
    connections.push(socket)
    server.emit('connection', socket)
  })
  const gatewayPort = Number(new URL(gateway.origin).port)
  const host = `${port}-${sandbox}.localhost:${gatewayPort}`
  const { token } = gateway

  /** As a program asks: by address, with the preview’s name in a header. */
  const open = ({ method = 'GET', path = '/', headers = {}, ...asked }: Asked = {}) =>
    request({
      ...{ host: '127.0.0.1', port: gatewayPort, method, path, agent: false },
      headers: { host: asked.host ?? host, ...headers },
    })

  async function answered(asked: Asked = {}) {
    const sent = open(asked)
    sent.end(asked.body)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await text(response),
    }
  }

  return {
    ...{ gateway, server, connections, host, token, open },
    ask: answered,
    /** The same with the sandbox’s token. */
    enter: (asked: Asked = {}) =>
      answered({ ...asked, headers: { 'x-stuntdouble-token': token, ...asked.headers } }),
    async [Symbol.asyncDispose]() {
      server.close()
      await gateway[Symbol.asyncDispose]()
    },
  }
}
