import { randomBytes } from 'node:crypto'
import { Sandbox, verifyReceipt } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import type { Blueprint, DrillReport, OnProgress } from '@stuntdouble/sdk/wire'

/** A sandbox that ends with the drill, whatever happens. */
export interface Throwaway {
  readonly box: Sandbox
  /** Stands in the names of what it leaves inside; nobody else’s processes bear it. */
  readonly mark: string
  /** Idempotent. */
  end(): Promise<DrillReport['sandboxes'][number]>
}

interface Wanted {
  readonly blueprint: Blueprint
  /** The blueprint’s own when left out. */
  readonly lease: { readonly ttl?: string }
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
}

export async function openThrowaway(
  control: ControlClient,
  { blueprint, lease, signal, onProgress }: Wanted,
): Promise<Throwaway> {
  const handover = await control.createSandbox(
    { blueprint, warm: false, ...lease },
    { signal, onProgress },
  )
  return {
    box: Sandbox.of(handover, control),
    mark: `drill${randomBytes(6).toString('hex')}`,
    async end() {
      const receipt = await control.destroySandbox(handover.id)
      return { id: receipt.id, clean: receipt.clean, verified: await verifyReceipt(receipt) }
    },
  }
}
