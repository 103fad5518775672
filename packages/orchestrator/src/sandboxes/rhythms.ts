import { every } from '../lib/every.ts'
import { traceOf } from '../lib/trace.ts'
import type { Activity } from './activity.ts'
import type { Capacity } from './capacity/capacity.ts'
import type { Desk } from './desk.ts'
import type { Pool } from './pool/pool.ts'
import type { Retention } from './retention.ts'
import type { Sweeper } from './sweeper.ts'
import type { Watchdog } from './watchdog.ts'

interface Parts {
  readonly desk: Pick<Desk, 'storage' | 'limitWatch' | 'log'>
  readonly activity: Activity
  readonly sweeper: Sweeper
  readonly watchdog: Watchdog
  readonly retention: Retention
  readonly capacity: Capacity
  readonly pool: Pool
}

const beatMs = 1_000
/** A fast disk fills by a gigabyte in a second. */
const roomMs = 500
const limitsMs = 2_000
const poolMs = 500
const forgetMs = 3_600_000

/** Each has a rhythm of its own: an end, or a walk, that takes long must not hold up the rest. */
export function startRhythms({ desk, activity, pool, ...parts }: Parts): AsyncDisposable {
  const { storage, limitWatch, log } = desk
  const { capacity, sweeper, watchdog, retention } = parts
  const failed = (cause: unknown) => log.error(traceOf(cause), 'beat failed')
  const beats = async () => storage.transaction(() => activity.beat())
  const rhythms = [
    every(beatMs, beats, failed),
    every(beatMs, sweeper.sweep, failed),
    every(roomMs, watchdog.guardRoom, failed),
    every(beatMs, watchdog.guardBounds, failed),
    every(limitsMs, limitWatch.look, failed),
    every(forgetMs, retention.forget, failed),
    every(beatMs, capacity.look, failed),
    every(poolMs, pool.beat, failed),
  ]
  return {
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]()
      await Promise.all(rhythms.map((rhythm) => rhythm[Symbol.asyncDispose]()))
    },
  }
}
