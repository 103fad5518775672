import type { Credentials, Dial, Server } from '../sources/sources.ts'
import { serverDidNotStart } from './errors.ts'

const startTimeoutMs = 120_000

export interface Awaited {
  readonly kind: Pick<Server, 'ready'>
  /** The source’s. */
  readonly name: string
  readonly dial: Dial
  readonly admin: Credentials
}

export async function waitForServer(
  { kind, name, dial, admin }: Awaited,
  signal: AbortSignal,
): Promise<void> {
  const timeout = AbortSignal.timeout(startTimeoutMs)
  try {
    await kind.ready(dial, admin, AbortSignal.any([signal, timeout]))
  } catch (cause) {
    signal.throwIfAborted()
    if (!timeout.aborted) throw cause
    throw serverDidNotStart(name)
  }
}
