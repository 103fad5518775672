import { serially } from '../lib/serially.ts'

/**
 * Starts and destroys of one pod come one after another, and a destroy ends the starts before it.
 * Only for this process: across processes an engine must keep two starts of one pod apart itself.
 */
export class PodTurns {
  readonly #inTurn = serially<string>()
  readonly #stops = new Map<string, AbortController>()

  start<T>(
    pod: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const stop = this.#stops.get(pod) ?? new AbortController()
    this.#stops.set(pod, stop)
    return this.#inTurn(pod, () => work(AbortSignal.any([signal, stop.signal])))
  }

  /** Rejects with the signal's reason when its turn does not come in time. */
  async end<T>(pod: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.#stops.get(pod)?.abort(new Error(`"${pod}" was destroyed while it started`))
    this.#stops.delete(pod)
    const done = this.#inTurn(pod, work)
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const giveUp = () => reject(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await Promise.race([done, aborted])
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }
}
