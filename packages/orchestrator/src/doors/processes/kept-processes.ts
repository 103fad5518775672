import type { Clock } from '../../lib/clock.ts'
import type { BackgroundProcess } from './background-process.ts'
import { tooManyProcesses } from './process-errors.ts'

const mostRunning = 32
const mostEnded = 32
const rememberedMs = 10 * 60_000

/** The processes of one sandbox: so many that run, and so many that ended not long ago. */
export class KeptProcesses {
  readonly #held = new Map<string, Held>()
  readonly #clock: Clock
  #starting = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A place for one more. Throws `capacity`. */
  reserve(): Disposable {
    const running = [...this.#held.values()].filter(({ endedAt }) => endedAt === undefined).length
    if (running + this.#starting >= mostRunning) throw tooManyProcesses(mostRunning)
    this.#starting += 1
    return {
      [Symbol.dispose]: () => {
        this.#starting -= 1
      },
    }
  }

  /** `release` is called when it is forgotten. */
  add(process: BackgroundProcess, release: () => void): void {
    const held: Held = { process, release }
    this.#held.set(process.id, held)
    void process.ended.then(() => {
      held.endedAt = this.#clock()
      this.#forgetOld()
    })
  }

  list(): readonly BackgroundProcess[] {
    this.#forgetOld()
    return [...this.#held.values()].map(({ process }) => process)
  }

  forgetAll(): void {
    for (const held of [...this.#held.values()]) this.#drop(held)
  }

  #forgetOld(): void {
    const ended = [...this.#held.values()]
      .filter(({ endedAt }) => endedAt !== undefined)
      .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
    for (const [at, held] of ended.entries()) {
      const isOld = this.#clock() - (held.endedAt ?? 0) > rememberedMs
      if (isOld || at < ended.length - mostEnded) this.#drop(held)
    }
  }

  #drop({ process, release }: Held): void {
    if (this.#held.delete(process.id)) release()
  }
}

interface Held {
  readonly process: BackgroundProcess
  readonly release: () => void
  endedAt?: number
}
