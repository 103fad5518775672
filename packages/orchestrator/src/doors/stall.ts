import type { Readable } from 'node:stream'
import { heldUp } from './errors.ts'

/**
 * Patience with a process that the agent can stop, starve or lead to a pipe nobody writes to: only
 * waiting for it counts, never how long somebody takes to read or to send.
 */
export interface Stall {
  /** Aborts when the process was waited for too long; it is killed by it. */
  readonly signal: AbortSignal
  /** Throws `timed_out` when it takes too long. */
  awaiting<Result>(work: Promise<Result>): Promise<Result>
}

const stallMs = 20_000

export function createStall(asked: AbortSignal, path: string, ms: number = stallMs): Stall {
  const late = new AbortController()
  return {
    signal: AbortSignal.any([asked, late.signal]),
    async awaiting(work) {
      const timer = setTimeout(() => late.abort(), ms)
      // However it ends after that: the time was the cause.
      const [settled] = await Promise.allSettled([work]).finally(() => clearTimeout(timer))
      if (late.signal.aborted) throw heldUp(path, ms)
      if (settled.status === 'rejected') throw settled.reason
      return settled.value
    },
  }
}

/** A process’s output, of which each piece is waited for with patience. */
export async function* patiently(output: Readable, stall: Stall): AsyncGenerator<Buffer> {
  const chunks = output[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  try {
    for (;;) {
      const { value } = await stall.awaiting(chunks.next())
      if (value === undefined) return
      yield value
    }
  } finally {
    await chunks.return?.()
  }
}
