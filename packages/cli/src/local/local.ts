import type { ControlClient } from '@stuntdouble/sdk/client'
import { controlClient, namedOrchestrator } from '@stuntdouble/sdk/node'
import type { Context } from '../context.ts'
import { type ConfigFile, findConfig } from './config-file.ts'
import { checkConfig, launch } from './launch.ts'
import { findRunning, type Running, stop } from './running.ts'
import { withStartLock } from './start-lock.ts'

export { findConfig } from './config-file.ts'
export { launchArguments, orchestratorCommand } from './launch.ts'
export { findRunning } from './running.ts'

export interface Wanted {
  /** From --config. */
  readonly config: string | undefined
  /** Whether a running one with another configuration will not do. */
  readonly needsConfig: boolean
}

/**
 * The orchestrator that the environment names, or else this machine’s own: started if none runs, and
 * restarted, which its sandboxes survive, if it runs on another configuration than is wanted here. One
 * that runs is not ended for a configuration that the next could not start on.
 */
export async function ensureOrchestrator(context: Context, wanted: Wanted): Promise<ControlClient> {
  const named = namedOrchestrator({ env: context.env })
  if (named) return controlClient(named)
  const config = await findConfig(context, wanted.config)
  const running = await findRunning(context)
  if (running && fits(running, config, wanted)) return running.control

  return await withStartLock(context, async () => {
    const now = await findRunning(context)
    if (now && fits(now, config, wanted)) return now.control
    if (now) {
      if (config) await checkConfig(context, config)
      await stop(now)
    }
    return await launch(context, config)
  })
}

function fits(
  { state }: Running,
  config: ConfigFile | undefined,
  { needsConfig }: Wanted,
): boolean {
  return !needsConfig || config === undefined || config.digest === state.configDigest
}
