import type { Clock } from '../lib/clock.ts'

/**
 * Who uses a sandbox right now. A request counts when it comes and for as long as it is open; the
 * orchestrator’s own looking does not.
 */
export interface Activity {
  /** Held open by a request, a terminal, a transfer; disposed when it ends. */
  begin(sandbox: string, cut: () => void): Disposable
  /** Marks every sandbox in use as active now. Called on a beat. */
  beat(): void
  /** Has every use of a sandbox close. */
  cut(sandbox: string): void
}

export function createActivity(
  clock: Clock,
  touch: (sandbox: string, at: number) => void,
): Activity {
  const open = new Map<string, Set<() => void>>()

  return {
    begin(sandbox, cut) {
      const uses = open.get(sandbox) ?? new Set()
      // One function may be given for two uses.
      const own = () => cut()
      open.set(sandbox, uses.add(own))
      touch(sandbox, clock())
      return {
        [Symbol.dispose]() {
          if (!uses.delete(own)) return
          if (uses.size === 0 && open.get(sandbox) === uses) open.delete(sandbox)
          touch(sandbox, clock())
        },
      }
    },
    beat() {
      for (const sandbox of open.keys()) touch(sandbox, clock())
    },
    cut(sandbox) {
      for (const cut of [...(open.get(sandbox) ?? [])]) cut()
    },
  }
}
