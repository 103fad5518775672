import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { SandboxError } from '../errors.ts'
import { problemOf, problemType } from '../wire/problem.ts'
import { controlAnswer } from './fake-control.ts'
import { doorAnswer } from './fake-door.ts'
import { runFakeProcess } from './fake-process.ts'
import { FakeState, type FakeStateParts } from './fake-state.ts'

export interface FakeServer extends AsyncDisposable {
  readonly url: string
  readonly apiKey: string
  /** What it holds, for a test to arrange and to look at. */
  readonly state: FakeState
}

/** Control plane and gateway on one port of 127.0.0.1. Disposing ends all that runs in it. */
export async function serveFake(parts: Omit<FakeStateParts, 'url'>): Promise<FakeServer> {
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const state = new FakeState({ ...parts, url })
  const sockets = new WebSocketServer({ noServer: true })

  async function serve(request: IncomingMessage, response: ServerResponse) {
    state.requests.push(`${request.method} ${request.url}`)
    try {
      state.settle()
      const exchange = { request, response, state }
      await (request.url?.startsWith('/s/') ? doorAnswer(exchange) : controlAnswer(exchange))
    } catch (error) {
      refuse(response, error)
    }
  }

  server.on('upgrade', (request, socket, head) => {
    try {
      state.settle()
      const sandbox = state.use(request.url ?? '')
      sockets.handleUpgrade(request, socket, head, (client) =>
        runFakeProcess(client, sandbox, state),
      )
    } catch (error) {
      refuseUpgrade(socket, asSandboxError(error))
    }
  })

  return {
    url,
    apiKey: state.apiKey,
    state,
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate()
      for (const { running } of state.sandboxes.values())
        for (const child of running) child.kill('SIGKILL')
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const asSandboxError = (error: unknown) =>
  error instanceof SandboxError
    ? error
    : new SandboxError('internal', String(error), { hint: 'A bug in the fake or in the test.' })

function refuse(response: ServerResponse, error: unknown) {
  const known = asSandboxError(error)
  if (response.headersSent) return response.destroy()
  return response
    .writeHead(known.status, { 'content-type': problemType })
    .end(JSON.stringify(problemOf(known)))
}

function refuseUpgrade(socket: Duplex, error: SandboxError) {
  const head = [
    `HTTP/1.1 ${error.status} Refused`,
    `content-type: ${problemType}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${JSON.stringify(problemOf(error))}`)
}
