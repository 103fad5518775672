import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import type { Registered } from '../secrets/secrets.ts'
import { type Archives, createArchives } from './archives/archives.ts'
import { type Commands, createCommands } from './commands.ts'
import { createFiles, type Files } from './files.ts'
import { createLocalPorts, type LocalPorts } from './local-ports.ts'
import { createProcesses, type Processes, type ProcessObserver } from './processes/processes.ts'
import { createTree, type Tree } from './tree.ts'
import { createWatching, type Watching } from './watching/watching.ts'

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
export type { BytesWanted } from './reading.ts'
export { createStall, patiently } from './stall.ts'
export type { Tree } from './tree.ts'
export type { Watching } from './watching/watching.ts'

/** The ways into a running sandbox. Callers have checked that the sandbox is theirs and ready. */
export interface Doors extends AsyncDisposable {
  readonly commands: Commands
  readonly processes: Processes
  readonly files: Files
  readonly tree: Tree
  readonly archives: Archives
  readonly watching: Watching
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
    tree: createTree(commands),
    archives: createArchives(commands, registered),
    watching: createWatching(commands),
    ports,
    close(sandbox) {
      void ports.close(sandbox)
      processes.forget(sandbox)
    },
    [Symbol.asyncDispose]: () => ports[Symbol.asyncDispose](),
  }
}
