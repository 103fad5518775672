import type { EndReason, Receipt } from '@stuntdouble/sdk/wire'
import { pause } from '../lib/every.ts'
import type { Desk } from './desk.ts'
import { endTakesLong, notEnded } from './errors.ts'
import type { PreStops } from './pre-stop.ts'
import type { Roster } from './roster.ts'
import { isOrderly } from './sandbox.ts'
import type { Starting } from './starting.ts'

export interface EndOptions {
  /** Forgoes the blueprint’s pre-stop command, or ends it. */
  readonly force?: boolean
}

export interface Ending {
  /** Decides the end; the first reason stays. A start under way is interrupted. */
  request(id: string, reason: EndReason, how?: EndOptions): void
  /** Idempotent. Resolves with the receipt once absence was observed. */
  end(id: string, reason: EndReason, how?: EndOptions): Promise<Receipt>
  /** Throws `conflict` before the end. */
  receipt(id: string): Receipt
}

/** A pre-stop command’s half minute is in it. */
const endWithinMs = 120_000

interface Parts {
  readonly roster: Roster
  readonly starting: Starting
  readonly preStops: PreStops
}

export function createEnding(desk: Desk, { roster, starting, preStops }: Parts): Ending {
  const { store, clock } = desk

  function request(id: string, reason: EndReason, { force = false }: EndOptions = {}): void {
    const { endReason, preStopAt } = roster.known(id)
    if (endReason === null) store.update(id, { endReason: reason })
    if (force && preStopAt === null) store.update(id, { preStopAt: clock() })
    if (force || !isOrderly(reason)) preStops.interrupt(id)
    starting.interrupt(id)
  }

  return {
    request,
    async end(id, reason, how) {
      request(id, reason, how)
      const late = new AbortController()
      const patience = pause(endWithinMs, late.signal)
      await Promise.race([desk.reconcile(id), patience]).finally(() => late.abort())
      const receipt = store.receipt(id)
      if (!receipt) throw endTakesLong(id)
      return receipt
    },
    receipt(id) {
      const receipt = store.receipt(roster.known(id).id)
      if (!receipt) throw notEnded(id)
      return receipt
    },
  }
}
