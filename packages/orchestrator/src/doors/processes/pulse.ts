/** Wakes everybody who waits. Whoever looks for a change takes `next` first, then looks, then waits. */
export interface Pulse {
  readonly next: Promise<void>
  readonly beat: () => void
}

export function createPulse(): Pulse {
  let waiting = Promise.withResolvers<void>()
  return {
    get next() {
      return waiting.promise
    },
    beat() {
      const { resolve } = waiting
      waiting = Promise.withResolvers()
      resolve()
    },
  }
}
