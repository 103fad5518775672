/** Milliseconds since the epoch. State code never reads the system’s clock itself. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()
