import { SandboxError } from '@stuntdouble/sdk/errors'
import { type Clock, elapsed } from './clock.ts'

/** Holds back who tries one wrong key after the other. The right key is never held back. */
export interface WrongKeys {
  /**
   * What to answer to somebody whose credentials were refused: the refusal, or `capacity` once there
   * were too many within a minute.
   */
  answer(from: string, refusal: unknown): unknown
}

const perMinute = 120
const minuteMs = 60_000
/** More addresses than these are forgotten together: memory is bounded, and the limit a courtesy. */
const maxAddresses = 10_000

export function createWrongKeys(clock: Clock): WrongKeys {
  const counts = new Map<string, { readonly since: number; count: number }>()

  function countOf(from: string) {
    const known = counts.get(from)
    if (known && elapsed(known.since, clock()) < minuteMs) return known
    if (counts.size >= maxAddresses) counts.clear()
    const fresh = { since: clock(), count: 0 }
    counts.set(from, fresh)
    return fresh
  }

  return {
    answer(from, refusal) {
      if (!(refusal instanceof SandboxError) || refusal.code !== 'unauthorized') return refusal
      const tried = countOf(from)
      tried.count += 1
      return tried.count > perMinute ? tooMany() : refusal
    },
  }
}

const tooMany = () =>
  new SandboxError('capacity', 'Too many wrong keys came from this address.', {
    hint: 'Wait a minute, and use the right one.',
    retryable: true,
  })
