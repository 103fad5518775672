/** Aborts when it is told to, or after a while. */
export interface TimeLimit {
  readonly signal: AbortSignal
  readonly passed: boolean
  readonly stop: () => void
  /** No time passes any more. */
  readonly clear: () => void
}

/** Its timer goes with the process; a signal with a day to go would hold all it said for as long. */
export function createTimeLimit(ms: number | undefined): TimeLimit {
  const stop = new AbortController()
  let passed = false
  const end = () => {
    passed = true
    stop.abort()
  }
  const timer = ms === undefined ? undefined : setTimeout(end, ms)
  const clear = () => clearTimeout(timer)
  return {
    ...{ signal: stop.signal, clear },
    get passed() {
      return passed
    },
    stop: () => {
      clear()
      stop.abort()
    },
  }
}
