import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'

/** What a reaper is told, on its standard input and nowhere else. */
export const ReaperSettings = z.object({
  installation: z.string(),
  socketPath: z.string().optional(),
  runDirectory: z.string(),
  imagesDirectory: z.string(),
  poolBytes: z.number(),
  /** Where the locks are. */
  stateDirectory: z.string(),
})
export type ReaperSettings = z.infer<typeof ReaperSettings>

export const orchestratorLock = (state: string) => join(state, 'orchestrator.lock')
export const reaperLock = (state: string) => join(state, 'reaper.lock')

const program = join(import.meta.dirname, '../reap.ts')
/** It waits for years and works for seconds. */
const small = ['--max-semi-space-size=1', '--max-old-space-size=128']

/**
 * Starts the process that clears away when this one is gone: it holds a pipe to us, and does nothing
 * until that breaks. It outlives us whatever becomes of us, and ends when nothing is left to do.
 */
export function startReaper(
  settings: ReaperSettings,
  onError: (cause: unknown) => void,
): Disposable {
  const child = spawn(process.execPath, [...small, program], {
    cwd: settings.stateDirectory,
    detached: true,
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.on('error', onError)
  child.stdin.on('error', onError)
  child.stdin.write(`${JSON.stringify(settings)}\n`)
  child.unref()
  return { [Symbol.dispose]: () => void child.stdin.end() }
}
