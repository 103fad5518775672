import { agent } from '../doors/doors.ts'
import type { Tmpfs } from '../engine/engine.ts'

const mebibyte = 1024 ** 2

/** Charged to memory, and what fills it cannot be killed: together they leave room to live. */
export const scratch = (path: string, mode: number, share: number): Tmpfs => ({
  path,
  sizeBytes: upTo(256 * mebibyte, share),
  inodes: 65_536,
  ...agent,
  mode,
})

export const upTo = (most: number, bytes: number) => Math.floor(Math.min(most, bytes))
