/** Milliseconds since the epoch. State code never reads the system’s clock itself. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

/** Milliseconds since a moment. A clock that was set back does not say how many: then more than any. */
export const elapsed = (since: number, now: number): number =>
  now < since ? Number.POSITIVE_INFINITY : now - since
