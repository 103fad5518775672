import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** The one place where the SDK reads the environment; everything else is handed it. */
// biome-ignore lint/style/noProcessEnv: a library has no main that could read it
export const environment = (): Environment => process.env

/** Where a local orchestrator keeps its state. A relative XDG path is invalid, and ignored. */
export function stateDirectory(env: Environment): string {
  const { XDG_STATE_HOME: named = '' } = env
  const base = isAbsolute(named) ? named : join(env.HOME || homedir(), '.local', 'state')
  return join(base, 'stuntdouble')
}
