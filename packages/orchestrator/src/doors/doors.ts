import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import type { Registered } from '../secrets/secrets.ts'
import { type Commands, createCommands } from './commands.ts'
import { createFiles, type Files } from './files.ts'
import { createLocalPorts, type LocalPorts } from './local-ports.ts'
import { createProcesses, type Processes, type ProcessObserver } from './processes/processes.ts'

export { agent, workspaceContainer, workspacePath } from './agent.ts'
export type { Commands } from './commands.ts'
export type { Files } from './files.ts'
export {
  controlTools,
  createMcpDoor,
  type McpCaller,
  type McpDoor,
  sandboxTools,
} from './mcp/mcp.ts'
export { outputPage } from './processes/output-page.ts'
export type { BackgroundProcess, ProcessObserver } from './processes/processes.ts'
export { createQueries, type Queries } from './queries/queries.ts'
export { createStall, patiently } from './stall.ts'

/** The ways into a running sandbox. Callers have checked that the sandbox is theirs and ready. */
export interface Doors extends AsyncDisposable {
  readonly commands: Commands
  readonly processes: Processes
  readonly files: Files
  readonly ports: LocalPorts
  /** What a sandbox that has ended leaves here. */
  close(sandbox: string): void
}

export interface DoorsParts {
  readonly engine: Engine
  /** No file that holds one of them is written. */
  readonly registered: Registered
  readonly observer: ProcessObserver
  readonly clock: Clock
}

export function createDoors({ engine, registered, observer, clock }: DoorsParts): Doors {
  const commands = createCommands(engine)
  const ports = createLocalPorts(engine)
  const processes = createProcesses({ commands, observer, clock })
  return {
    commands,
    processes,
    files: createFiles(commands, registered),
    ports,
    close(sandbox) {
      void ports.close(sandbox)
      processes.forget(sandbox)
    },
    [Symbol.asyncDispose]: () => ports[Symbol.asyncDispose](),
  }
}
