import { userInfo } from 'node:os'
import { join } from 'node:path'

/** Where an orchestrator keeps its things, by the XDG base directory specification. */
export interface Directories {
  /** Journal, keys, uploads. */
  readonly state: string
  /** Of sockets, in one directory for each installation: short, local, gone after a reboot. */
  readonly run: string
}

export function directoriesOf(
  environment: Readonly<Record<string, string | undefined>>,
): Directories {
  const { homedir, uid } = userInfo()
  const home = environment.HOME ?? homedir
  const state = environment.XDG_STATE_HOME ?? join(home, '.local/state')
  const run = environment.XDG_RUNTIME_DIR ?? (uid === 0 ? '/run' : join(state, 'stuntdouble/run'))
  return { state: join(state, 'stuntdouble'), run: join(run, 'stuntdouble') }
}
