import type { OnProgress } from '@stuntdouble/sdk/wire'
import type { Clock } from '../lib/clock.ts'

const quietMs = 200

export interface PaceOptions {
  readonly estimatedRows: number
  /** Since when the source holds a snapshot for us; unknown where it cannot tell. */
  readonly heldSince: number | undefined
  readonly clock: Clock
  readonly onProgress: OnProgress
}

/**
 * Tells how copying goes: rows of an estimate that is corrected as tables end, rate and time left, and
 * for how long it keeps the source from cleaning up.
 */
export class Pace {
  readonly #onProgress: OnProgress
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #heldSince: number | undefined
  #toldAt = Number.NEGATIVE_INFINITY
  #done = 0
  #total: number

  constructor({ estimatedRows, heldSince, clock, onProgress }: PaceOptions) {
    this.#total = estimatedRows
    this.#heldSince = heldSince
    this.#clock = clock
    this.#onProgress = onProgress
    this.#startedAt = clock()
  }

  advance(rows: number, table: string): void {
    this.#done += rows
    if (this.#clock() - this.#toldAt >= quietMs) this.tell(`Copying ${table}${this.#held()}`)
  }

  #held(): string {
    if (this.#heldSince === undefined) return ''
    return ` (the source's snapshot is held for ${heldFor(this.#clock() - this.#heldSince)})`
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

/** `40 s`, `12 min`, `3 h` */
export function heldFor(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}
