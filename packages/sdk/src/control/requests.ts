import { z } from 'zod'
import type { Fetch, HttpRequest } from '../http/connection.ts'
import type { ExtendRequest } from '../wire/extend.ts'
import type { OnProgress } from '../wire/progress.ts'
import { Receipt } from '../wire/receipt.ts'

export interface ControlOptions {
  /** The control port’s address. */
  readonly url: string
  /** Left out where the browser has signed in. */
  readonly apiKey?: string
  readonly fetch?: Fetch
  /** For answers that take minutes; the same as `fetch` when left out. */
  readonly patientFetch?: Fetch
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface LongCallOptions extends CallOptions {
  readonly onProgress?: OnProgress | undefined
}

export interface CreateCallOptions extends LongCallOptions {
  /** One of 255 characters at most, without spaces; a random one when left out. */
  readonly idempotencyKey?: string
}

/** Checked and then kept as it came: a key dropped from it would break its signature. */
export const SignedReceipt = z.custom<Receipt>((value) => Receipt.safeParse(value).success)

export const extensionOf = (by: string | { readonly until: Date }): ExtendRequest =>
  typeof by === 'string' ? { by } : { until: by.until.toISOString() }

export const sandboxPath = (id: string) => `/v1/sandboxes/${encodeURIComponent(id)}`
export const snapshotPath = (id: string) => `/v1/snapshots/${encodeURIComponent(id)}`

export const post = (path: string, json: unknown, options?: CallOptions): HttpRequest => ({
  method: 'POST',
  path,
  json,
  timeoutMs: 300_000,
  signal: options?.signal,
})
