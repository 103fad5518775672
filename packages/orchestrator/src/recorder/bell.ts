import { once } from 'node:events'

/** Rung by one, waited for by another. A ring that nobody waits for is heard by who waits next. */
export interface Bell {
  ring(): void
  /** Resolves at once when it was rung meanwhile; rejects when the signal aborts. */
  rung(signal: AbortSignal): Promise<void>
}

export function createBell(): Bell {
  const rings = new EventTarget()
  let isRung = false
  return {
    ring() {
      isRung = true
      rings.dispatchEvent(new Event('ring'))
    },
    async rung(signal) {
      if (!isRung) await once(rings, 'ring', { signal })
      isRung = false
    },
  }
}
