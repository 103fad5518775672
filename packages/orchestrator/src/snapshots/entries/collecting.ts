import type { KeyTable, MaskedPlace } from '../../masking/masking.ts'
import { Collector, type LeakCheck } from '../leak-check/leak-check.ts'

/** Fingerprints that wait to be taken are bounded. */
const atMost = 50_000

/** Fingerprints what is masked, pattern by pattern, for the leak check. */
export class Collecting {
  readonly #leaks: LeakCheck
  readonly #collectors: ReadonlyMap<string, Collector>
  #waiting = 0

  constructor(leaks: LeakCheck, tables: readonly KeyTable[]) {
    this.#leaks = leaks
    this.#collectors = new Map(
      tables.map(({ shape, columns }) => [
        shape.name,
        new Collector(columns, leaks.announce(shape, columns)),
      ]),
    )
  }

  add({ pattern, column }: MaskedPlace, value: Uint8Array): void {
    this.#collectors.get(pattern)?.add(column, value)
    if (++this.#waiting === atMost) this.end()
  }

  /** Hands over what waits. */
  end(): void {
    this.#waiting = 0
    for (const collector of this.#collectors.values()) this.#leaks.take(collector.take())
  }
}
