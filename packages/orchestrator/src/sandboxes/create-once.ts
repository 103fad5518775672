import type { CreateSandboxRequest, Handover, OnProgress } from '@stuntdouble/sdk/wire'
import type { Create } from './creation.ts'
import type { Desk } from './desk.ts'
import { idempotencyMismatch } from './errors.ts'
import type { Handovers } from './handovers.ts'
import { digestOf, type IdempotencyKeys, keyLivesMs } from './idempotency-keys.ts'

export type CreateOnce = (
  key: string,
  request: CreateSandboxRequest,
  waiter: Waiter,
) => Promise<Handover>

interface Waiter {
  readonly onProgress: OnProgress
  readonly signal: AbortSignal
}

type Parts = Pick<Desk, 'store' | 'clock'> & {
  readonly create: Create
  readonly handover: Handovers['handover']
  readonly keys: IdempotencyKeys
}

/** A creation that any number of requests may wait for. */
interface Shared {
  readonly digest: string
  readonly waiters: Set<Waiter>
  /** Aborted when the last of them has gone. */
  readonly abandoned: AbortController
  readonly made: Promise<Handover>
}

export function createOnce(parts: Parts): CreateOnce {
  const { store, clock, create, handover, keys } = parts
  const underWay = new Map<string, Shared>()

  function begin(key: string, request: CreateSandboxRequest): Shared {
    const digest = digestOf(request)
    const waiters = new Set<Waiter>()
    const abandoned = new AbortController()
    const tellAll: OnProgress = (progress) =>
      waiters.forEach((one) => void one.onProgress(progress))
    const noted = (sandbox: string) => keys.save(key, { digest, sandbox, at: clock() })
    const made = create(request, tellAll, { signal: abandoned.signal, noted })
    const shared = { digest, waiters, abandoned, made: made.finally(() => underWay.delete(key)) }
    underWay.set(key, shared)
    return shared
  }

  /** What a key led to, while that can still be handed over or has ended; a failed one may be tried again. */
  function madeBefore(key: string, request: CreateSandboxRequest): string | undefined {
    const known = keys.get(key)
    if (!known || clock() - known.at >= keyLivesMs) return undefined
    if (known.digest !== digestOf(request)) throw idempotencyMismatch()
    const sandbox = store.get(known.sandbox)
    return sandbox?.endReason === 'failed' ? undefined : sandbox?.id
  }

  return async (key, request, waiter) => {
    const running = underWay.get(key)
    if (running && running.digest !== digestOf(request)) throw idempotencyMismatch()
    // Nobody waited for it any more, so it is being cleared away.
    if (running?.abandoned.signal.aborted) await running.made.catch(() => {})
    const joined = underWay.get(key)
    if (joined) return handover((await waitFor(joined, waiter)).id)
    const sandbox = madeBefore(key, request)
    return sandbox ? handover(sandbox) : await waitFor(begin(key, request), waiter)
  }
}

/** Who leaves while others wait is not waited for; the last one’s leaving gives it up, and clears it away. */
async function waitFor({ waiters, abandoned, made }: Shared, waiter: Waiter): Promise<Handover> {
  const { signal } = waiter
  const gone = Promise.withResolvers<never>()
  const leave = () => {
    waiters.delete(waiter)
    if (waiters.size === 0) abandoned.abort(signal.reason)
    else gone.reject(signal.reason)
  }
  waiters.add(waiter)
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([made, gone.promise])
  } finally {
    signal.removeEventListener('abort', leave)
    waiters.delete(waiter)
  }
}
