import { Transform, type TransformCallback } from 'node:stream'
import type { Clock } from '../lib/clock.ts'
import { Refusal } from './denial.ts'

export interface BudgetLimits {
  readonly uploadBytes: number
  readonly downloadBytes: number
  readonly bytesPerSecond: number
  readonly connections: number
}

/** One direction of one sandbox, shared by all its connections. */
export interface Flow {
  readonly spent: number
  /**
   * Takes note of bytes about to pass. Returns for how many milliseconds they must wait, so that the
   * rate holds; throws a `Refusal` once there are too many in all.
   */
  spend(bytes: number): number
}

export interface Budget {
  readonly up: Flow
  readonly down: Flow
  /** One of the connections there may be at once; throws a `Refusal`. Given back by disposal. */
  connection(): Disposable
}

/** What may pass at once after a quiet second. */
const burstMs = 1_000

export function createBudget(limits: BudgetLimits, clock: Clock): Budget {
  let connections = 0
  const { uploadBytes, downloadBytes, bytesPerSecond } = limits
  return {
    up: createFlow({ most: uploadBytes, bytesPerSecond }, clock),
    down: createFlow({ most: downloadBytes, bytesPerSecond }, clock),
    connection() {
      if (connections >= limits.connections) throw new Refusal('too_many_connections')
      connections += 1
      let open = true
      return {
        [Symbol.dispose]() {
          if (open) connections -= 1
          open = false
        },
      }
    },
  }
}

function createFlow(
  { most, bytesPerSecond }: { readonly most: number; readonly bytesPerSecond: number },
  clock: Clock,
): Flow {
  let spent = 0
  /** When all that passed would have passed at the rate. */
  let paidUntil = 0
  return {
    get spent() {
      return spent
    },
    spend(bytes) {
      if (spent + bytes > most) throw new Refusal('bytes_spent')
      spent += bytes
      const now = clock()
      paidUntil = Math.max(paidUntil, now) + (bytes / bytesPerSecond) * 1000
      return Math.max(0, paidUntil - now - burstMs)
    },
  }
}

/** Passes bytes on as the flow allows, one chunk at a time: who sends faster is made to wait. */
export class Metered extends Transform {
  readonly #flow: Flow
  readonly #onBytes: () => void
  #waiting: NodeJS.Timeout | undefined

  constructor(flow: Flow, onBytes: () => void) {
    super()
    this.#flow = flow
    this.#onBytes = onBytes
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#onBytes()
    try {
      const wait = this.#flow.spend(chunk.length)
      if (wait === 0) done(null, chunk)
      else this.#waiting = setTimeout(done, wait, null, chunk)
    } catch (cause) {
      done(cause as Error)
    }
  }

  override _destroy(cause: Error | null, done: (cause: Error | null) => void): void {
    clearTimeout(this.#waiting)
    done(cause)
  }
}
