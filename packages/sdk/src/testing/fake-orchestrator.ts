import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'
import { SandboxError } from '../errors.ts'
import { problemOf, problemType } from '../wire/problem.ts'
import { controlAnswer } from './fake-control.ts'
import { doorAnswer } from './fake-door.ts'
import { runFakeProcess } from './fake-process.ts'
import { FakeState } from './fake-state.ts'

export { FakeState } from './fake-state.ts'

export interface FakeOrchestrator extends AsyncDisposable {
  readonly url: string
  readonly apiKey: string
  /** What it holds, for a test to arrange and to look at. */
  readonly state: FakeState
}

/**
 * An orchestrator without an engine, for tests of clients: the same routes and schemas, sandboxes that
 * are directories below `parent`, and commands that run on this machine. Never for anything untrusted.
 */
export async function startFakeOrchestrator(parent = tmpdir()): Promise<FakeOrchestrator> {
  const root = await mkdtemp(join(parent, 'stuntdouble-fake-'))
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const state = new FakeState({ root, url })
  const sockets = new WebSocketServer({ noServer: true })

  async function serve(request: IncomingMessage, response: ServerResponse) {
    state.requests.push(`${request.method} ${request.url}`)
    try {
      const exchange = { request, response, state }
      await (request.url?.startsWith('/s/') ? doorAnswer(exchange) : controlAnswer(exchange))
    } catch (error) {
      refuse(response, error)
    }
  }

  server.on('upgrade', (request, socket, head) => {
    const sandbox = state.byCapability(request.url ?? '')
    if (!sandbox) return socket.end('HTTP/1.1 410 Gone\r\nconnection: close\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, (client) => runFakeProcess(client, sandbox))
  })

  return {
    url,
    apiKey: state.apiKey,
    state,
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate()
      for (const { child } of state.background) child.kill('SIGKILL')
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await rm(root, { recursive: true, force: true })
    },
  }
}

function refuse(response: ServerResponse, error: unknown) {
  const known =
    error instanceof SandboxError
      ? error
      : new SandboxError('internal', String(error), { hint: 'A bug in the fake or in the test.' })
  if (response.headersSent) return response.destroy()
  return response
    .writeHead(known.status, { 'content-type': problemType })
    .end(JSON.stringify(problemOf(known)))
}
