import type { Engine } from '../engine/engine.ts'
import type { Registered } from '../secrets/secrets.ts'
import { type Commands, createCommands } from './commands.ts'
import { createFiles, type Files } from './files.ts'
import { createLocalPorts, type LocalPorts } from './local-ports.ts'

export { agent, workspaceContainer, workspacePath } from './agent.ts'
export type { Commands } from './commands.ts'
export type { Files } from './files.ts'
export { createStall, patiently } from './stall.ts'

/** The ways into a running sandbox. Callers have checked that the sandbox is theirs and ready. */
export interface Doors extends AsyncDisposable {
  readonly commands: Commands
  readonly files: Files
  readonly ports: LocalPorts
}

/** No file that holds a registered secret is written. */
export function createDoors(engine: Engine, registered: Registered): Doors {
  const commands = createCommands(engine)
  const ports = createLocalPorts(engine)
  return {
    commands,
    files: createFiles(commands, registered),
    ports,
    [Symbol.asyncDispose]: () => ports[Symbol.asyncDispose](),
  }
}
