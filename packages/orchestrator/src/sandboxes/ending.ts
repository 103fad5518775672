import type { EndReason, Receipt } from '@stuntdouble/sdk/wire'
import { pause } from '../lib/every.ts'
import type { Desk } from './desk.ts'
import { endTakesLong, notEnded } from './errors.ts'
import type { Roster } from './roster.ts'
import type { Starting } from './starting.ts'

export interface Ending {
  /** Decides the end; the first reason stays. A start under way is interrupted. */
  request(id: string, reason: EndReason): void
  /** Idempotent. Resolves with the receipt once absence was observed. */
  end(id: string, reason: EndReason): Promise<Receipt>
  /** Throws `conflict` before the end. */
  receipt(id: string): Receipt
}

const endWithinMs = 90_000

export function createEnding(desk: Desk, roster: Roster, starting: Starting): Ending {
  const { store } = desk

  function request(id: string, reason: EndReason): void {
    if (roster.known(id).endReason === null) store.update(id, { endReason: reason })
    starting.interrupt(id)
  }

  return {
    request,
    async end(id, reason) {
      request(id, reason)
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
