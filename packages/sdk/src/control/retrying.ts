import { SandboxError } from '../errors.ts'
import { pause } from '../http/pause.ts'

const pausesMs = [250, 1_000, 3_000]

/**
 * Does work again whose connection broke, for which it must be safe to be done twice. Where nobody
 * answered to begin with, that is thrown at once.
 */
export async function retrying<Result>(
  work: () => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  let last: unknown
  for (const ms of pausesMs) {
    try {
      return await work()
    } catch (cause) {
      if (!isBroken(cause) || (last === undefined && isRefused(cause))) throw cause
      last = cause
    }
    await pause(ms, signal)
    signal?.throwIfAborted()
  }
  return await work()
}

const isBroken = (cause: unknown) =>
  cause instanceof SandboxError && cause.code === 'orchestrator_unreachable'

/** As Node’s fetch tells it; a browser does not, and is then asked again. */
function isRefused(cause: unknown): boolean {
  const beneath = (cause as Error).cause as
    | { readonly cause?: { readonly code?: string } }
    | undefined
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(beneath?.cause?.code ?? '')
}

/** Unguessable, and in browsers without a secure origin as well. */
export const newIdempotencyKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
