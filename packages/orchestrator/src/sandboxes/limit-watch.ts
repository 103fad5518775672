import type { LimitReached } from '../engine/engine.ts'
import { elapsed } from '../lib/clock.ts'
import type { Desk } from './desk.ts'

/** Writes down which sandbox ran into which of its limits; the kernel is what holds it to them. */
export interface LimitWatch {
  look(signal: AbortSignal): Promise<void>
}

/** A fork bomb runs into its limit thousands of times a second. */
const toldEveryMs = 60_000

const words = {
  memory: 'memory limit reached: a process was killed',
  pids: 'pids limit reached: no more processes could be started',
} as const

interface Told {
  readonly times: number
  readonly at: number
}

export function createLimitWatch({
  store,
  engine,
  recorder,
  clock,
}: Pick<Desk, 'store' | 'engine' | 'recorder' | 'clock'>): LimitWatch {
  const told = new Map<string, Told>()

  /** What an earlier process wrote down is not told again. */
  function lastTold(key: string, { pod, container, limit }: LimitReached): Told {
    const known = told.get(key)
    if (known) return known
    const event = recorder
      .list(pod)
      .findLast(
        ({ type, data }) =>
          type === 'limit_reached' && data.limit === limit && data.container === container,
      )
    return { times: Number(event?.data.times ?? 0), at: Number.NEGATIVE_INFINITY }
  }

  function tell(reached: LimitReached): void {
    const { pod, container, limit, times } = reached
    const key = `${pod} ${container} ${limit}`
    const last = lastTold(key, reached)
    if (times <= last.times || elapsed(last.at, clock()) < toldEveryMs) return
    told.set(key, { times, at: clock() })
    recorder.record(pod, 'limit_reached', { limit, container, times, message: words[limit] })
  }

  return {
    async look(signal) {
      const living = new Set(store.list({ ended: false }).map(({ id }) => id))
      for (const key of told.keys()) if (!living.has(key.split(' ', 1)[0] ?? '')) told.delete(key)
      if (living.size === 0) return
      for (const reached of await engine.limitsReached(signal)) {
        if (living.has(reached.pod)) tell(reached)
      }
    },
  }
}
