import type { SandboxError } from '@stuntdouble/sdk/errors'
import type { Clock } from '../lib/clock.ts'

/**
 * Who uses a sandbox right now. A request counts when it comes and for as long as it is open; the
 * orchestrator’s own looking does not.
 */
export interface Activity {
  /** Held open by a request, a terminal, a transfer; disposed when it ends. */
  begin(sandbox: string, cut: Cut): Disposable
  /** The same for what may stay open unused, such as a preview: it counts when it comes and when told. */
  visit(sandbox: string, cut: Cut): Visit
  /** Marks every sandbox in use as active now. Called on a beat. */
  beat(): void
  /** Has every use of a sandbox close; its end is the reason when none is given. */
  cut(sandbox: string, why?: SandboxError): void
}

export interface Visit extends Disposable {
  /** Something came from outside just now. */
  touch(): void
}

interface Use {
  readonly cut: Cut
  /** Whether it counts for as long as it is open. */
  readonly holds: boolean
}

type Cut = (why?: SandboxError) => void

export function createActivity(
  clock: Clock,
  touch: (sandbox: string, at: number) => void,
): Activity {
  const open = new Map<string, Set<Use>>()

  function enter(sandbox: string, use: Use): () => boolean {
    const uses = open.get(sandbox) ?? new Set()
    open.set(sandbox, uses.add(use))
    touch(sandbox, clock())
    return () => {
      const wasOpen = uses.delete(use)
      if (uses.size === 0 && open.get(sandbox) === uses) open.delete(sandbox)
      return wasOpen
    }
  }

  return {
    begin(sandbox, cut) {
      const leave = enter(sandbox, { cut, holds: true })
      return { [Symbol.dispose]: () => void (leave() && touch(sandbox, clock())) }
    },
    visit(sandbox, cut) {
      const leave = enter(sandbox, { cut, holds: false })
      return { touch: () => touch(sandbox, clock()), [Symbol.dispose]: () => void leave() }
    },
    beat() {
      for (const [sandbox, uses] of open) {
        if ([...uses].some(({ holds }) => holds)) touch(sandbox, clock())
      }
    },
    cut(sandbox, why) {
      for (const { cut } of [...(open.get(sandbox) ?? [])]) cut(why)
    },
  }
}
