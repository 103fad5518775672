import type { Taken } from './taken.ts'

/** What there is for sandboxes, and what is left of the machine. */
export interface Room {
  readonly maxSandboxes: number
  readonly maxMemoryBytes: number
  /** Of the engine’s machine; infinite where nobody knows. */
  readonly availableBytes: number
  readonly totalBytes: number
  /** In the clone pool; infinite while there is none. */
  readonly freeDiskBytes: number
  readonly reservedDiskBytes: number
}

const mebibyte = 1024 ** 2
/** What a sandbox takes when it has just started, a database included. */
const startBytes = 64 * mebibyte

/** Left to everything else, so that the machine does not run out under sandboxes within their limits. */
const reserveOf = ({ totalBytes }: Room) => Math.max(256 * mebibyte, totalBytes / 32)

/** Whether one more may begin beside what is taken. */
export function fits(memoryBytes: number, taken: Taken, room: Room): boolean {
  const soon = (taken.starting + 1) * startBytes
  return (
    taken.sandboxes < room.maxSandboxes &&
    taken.memoryBytes + memoryBytes <= room.maxMemoryBytes &&
    room.availableBytes - soon >= reserveOf(room) &&
    room.freeDiskBytes > room.reservedDiskBytes
  )
}
