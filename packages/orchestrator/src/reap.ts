import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from './lib/clock.ts'
import { reapOne } from './reaper/reap.ts'
import { orchestratorLock, ReaperSettings, reaperLock } from './reaper/reaper.ts'
import { takeLockFile } from './storage/storage.ts'

// Started by an orchestrator, which it outlives. Reads its settings as one line, and then waits for
// the end of its input, which is the end of the orchestrator.

const lookEveryMs = 1_000
let isAlone = false

const lines = createInterface({ input: process.stdin })
const [line] = await once(lines, 'line')
const settings = ReaperSettings.parse(JSON.parse(String(line)))
const orphaned = once(lines, 'close').then(() => {
  isAlone = true
})

using _only = await untilOnly()
await orphaned
await reapAll()
process.exit(0)

/** The one before us leaves as soon as it sees our orchestrator. If that is gone first, one is enough. */
async function untilOnly(): Promise<Disposable> {
  for (;;) {
    const lock = takeLockFile(reaperLock(settings.stateDirectory))
    if (lock) return lock
    if (isAlone) process.exit(0)
    await sleep(lookEveryMs)
  }
}

async function reapAll(): Promise<void> {
  // Loaded now: one that only waits shall weigh little.
  const { openDockerEngine } = await import('./engine/docker/docker-engine.ts')
  const { socketPath, ...rest } = settings
  const engine = await openDockerEngine({ ...rest, ...(socketPath && { socketPath }) })
  const takeLock = () => takeLockFile(orchestratorLock(settings.stateDirectory))
  // What was uninstalled has nothing left to clear away.
  while (existsSync(settings.stateDirectory)) {
    // An engine that is away comes back.
    const next = await reapOne({ engine, clock: systemClock, takeLock }).catch(() => 'again')
    if (next === 'done') return
    await sleep(lookEveryMs)
  }
}
