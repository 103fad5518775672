import { availableParallelism } from 'node:os'

/**
 * So many pods are started at once, first come first served. More would take as long together, and
 * each of them longer.
 */
export interface StartTurns {
  /** Resolves when it is one’s turn; disposing hands it on. Rejects when the signal aborts before. */
  take(signal: AbortSignal): Promise<Disposable>
  /** Nobody has or awaits one. */
  readonly idle: boolean
}

const usualStarts = Math.max(4, 2 * availableParallelism())

export function createStartTurns(most = usualStarts): StartTurns {
  const waiting = new Set<() => void>()
  let taken = 0

  function handOn(): void {
    const [next] = waiting
    if (next === undefined) {
      taken -= 1
      return
    }
    waiting.delete(next)
    next()
  }

  function turn(): Disposable {
    let isOver = false
    return {
      [Symbol.dispose]() {
        if (!isOver) handOn()
        isOver = true
      },
    }
  }

  return {
    get idle() {
      return taken === 0
    },
    async take(signal) {
      signal.throwIfAborted()
      if (taken < most) {
        taken += 1
        return turn()
      }
      await new Promise<void>((resolve, reject) => {
        const begin = () => {
          signal.removeEventListener('abort', leave)
          resolve()
        }
        const leave = () => {
          waiting.delete(begin)
          reject(signal.reason)
        }
        waiting.add(begin)
        signal.addEventListener('abort', leave, { once: true })
      })
      return turn()
    },
  }
}
