import type { Clock } from '../lib/clock.ts'

/**
 * Who uses a sandbox right now. A request counts when it comes and for as long as it is open; the
 * orchestrator’s own looking does not.
 */
export interface Activity {
  /** Held open by a request, a terminal, a transfer; disposed when it ends. */
  begin(sandbox: string): Disposable
  /** Marks every sandbox in use as active now. Called on a beat. */
  beat(): void
}

export function createActivity(
  clock: Clock,
  touch: (sandbox: string, at: number) => void,
): Activity {
  const open = new Map<string, number>()

  return {
    begin(sandbox) {
      open.set(sandbox, (open.get(sandbox) ?? 0) + 1)
      touch(sandbox, clock())
      let ended = false
      return {
        [Symbol.dispose]() {
          if (ended) return
          ended = true
          const left = (open.get(sandbox) ?? 1) - 1
          if (left > 0) open.set(sandbox, left)
          else open.delete(sandbox)
          touch(sandbox, clock())
        },
      }
    },
    beat() {
      for (const sandbox of open.keys()) touch(sandbox, clock())
    },
  }
}
