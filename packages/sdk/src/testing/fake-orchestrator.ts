import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FakeServer, serveFake } from './fake-server.ts'
import { hostMachine } from './host-machine.ts'

export type FakeOrchestrator = FakeServer

/**
 * An orchestrator without an engine, for our own tests of clients: the same routes and schemas,
 * sandboxes that are directories below `parent`, and commands that run on this machine. Never for
 * anything untrusted.
 */
export async function startFakeOrchestrator(parent = tmpdir()): Promise<FakeOrchestrator> {
  const root = await mkdtemp(join(parent, 'stuntdouble-fake-'))
  const server = await serveFake({ machineOf: (id) => hostMachine(join(root, id)) })
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(root, { recursive: true, force: true })
    },
  }
}
