import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { findSandbox } from './find-sandbox.ts'

/** Good for as long without us, should we end without a word. */
const ttl = '2m'
const renewMs = 45_000
const revokeWithinMs = 5_000

export interface Borrowed extends AsyncDisposable {
  readonly box: Sandbox
}

/** A sandbox that runs, with a capability for it that lasts as long as the verb. The sandbox stays. */
export async function borrowSandbox(control: ControlClient, text: string): Promise<Borrowed> {
  const id = await findSandbox(control, text)
  const handover = await control.handover(id, { ttl })
  // One that is not renewed is refused where it is used next; there it is told.
  const renew = () => void control.renewHandover(handover, ttl).catch(() => {})
  const renewal = setInterval(renew, renewMs).unref()
  return {
    box: Sandbox.of(handover, control),
    async [Symbol.asyncDispose]() {
      clearInterval(renewal)
      const signal = AbortSignal.timeout(revokeWithinMs)
      // It ends by itself soon, or has ended with its sandbox.
      await control.revokeHandover(handover, { signal }).catch(() => {})
    },
  }
}
