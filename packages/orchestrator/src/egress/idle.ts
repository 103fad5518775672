/** Calls once when nothing was touched for so long; disposed when it no longer matters. */
export interface Idle extends Disposable {
  touch(): void
}

export function idleAfter(ms: number, onIdle: () => void): Idle {
  const timer = setTimeout(onIdle, ms)
  return {
    touch: () => void timer.refresh(),
    [Symbol.dispose]: () => clearTimeout(timer),
  }
}

/** Runs out when nobody was busy for so long. */
export interface Patience extends Disposable {
  busy(): Disposable
  readonly isBusy: boolean
}

export function patienceOf(ms: number, onEnd: () => void): Patience {
  let busy = 0
  let idle = idleAfter(ms, onEnd)
  let over = false
  return {
    get isBusy() {
      return busy > 0
    },
    busy() {
      busy += 1
      idle[Symbol.dispose]()
      return {
        [Symbol.dispose]() {
          busy -= 1
          if (busy === 0 && !over) idle = idleAfter(ms, onEnd)
        },
      }
    },
    [Symbol.dispose]() {
      over = true
      idle[Symbol.dispose]()
    },
  }
}
