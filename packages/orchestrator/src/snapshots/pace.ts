import type { OnProgress } from '@stuntdouble/sdk/wire'
import type { Clock } from '../lib/clock.ts'

const quietMs = 200

/** Tells how copying goes: rows of an estimate that is corrected as tables end, rate and time left. */
export class Pace {
  readonly #onProgress: OnProgress
  readonly #clock: Clock
  readonly #startedAt: number
  #toldAt = Number.NEGATIVE_INFINITY
  #done = 0
  #total: number

  constructor(estimatedRows: number, clock: Clock, onProgress: OnProgress) {
    this.#total = estimatedRows
    this.#clock = clock
    this.#onProgress = onProgress
    this.#startedAt = clock()
  }

  advance(rows: number, table: string): void {
    this.#done += rows
    if (this.#clock() - this.#toldAt >= quietMs) this.tell(`Copying ${table}`)
  }

  /** A table has ended: what it had is known now. */
  correct(estimated: number, actual: number): void {
    this.#total += actual - estimated
  }

  tell(message: string): void {
    this.#toldAt = this.#clock()
    const seconds = (this.#toldAt - this.#startedAt) / 1000
    const total = Math.max(this.#total, this.#done)
    const perSecond = seconds > 0 ? Math.round(this.#done / seconds) : 0
    const etaSeconds = perSecond > 0 ? Math.ceil((total - this.#done) / perSecond) : null
    const amount = { done: this.#done, total, unit: 'rows', perSecond, etaSeconds } as const
    this.#onProgress({ phase: 'copy', message, ...amount })
  }
}
