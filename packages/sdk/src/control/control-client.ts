import { z } from 'zod'
import { bodyOf } from '../http/body.ts'
import type { Connection, Fetch, HttpRequest, RequestBody } from '../http/connection.ts'
import { parseAnswer, send, sendForJson } from '../http/http.ts'
import { sendForResult } from '../http/ndjson.ts'
import { serverSentEvents } from '../http/server-sent-events.ts'
import { patchType, WorkspaceChanges } from '../wire/changes.ts'
import { DoctorReport, Health } from '../wire/doctor.ts'
import { tarType } from '../wire/door.ts'
import { E2bEnvironment } from '../wire/e2b.ts'
import { type EgressTestInput, EgressVerdict } from '../wire/egress.ts'
import type { OnProgress } from '../wire/progress.ts'
import { Receipt } from '../wire/receipt.ts'
import * as sandbox from '../wire/sandbox.ts'
import { SecretsReport } from '../wire/secrets.ts'
import * as snapshot from '../wire/snapshot.ts'

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

type Capability = Pick<sandbox.Handover, 'id' | 'token'>

/** Everything `/v1` offers, typed by the wire’s schemas. Runs in browsers as well: fetch is all it needs. */
export class ControlClient {
  readonly #connection: Connection

  constructor({ url, apiKey, fetch, patientFetch }: ControlOptions) {
    this.#connection = {
      url: url.replace(/\/+$/, ''),
      ...(apiKey && { bearer: apiKey }),
      ...(fetch && { fetch }),
      ...(patientFetch && { patientFetch }),
    }
  }

  health = (options?: CallOptions & { readonly timeoutMs?: number }) =>
    this.#json(Health, { path: '/v1/health', ...options })

  doctor = (options?: CallOptions) =>
    this.#json(DoctorReport, { path: '/v1/doctor', timeoutMs: 300_000, ...options })

  /** What an E2B client’s environment has to say. Holds a key. */
  e2bEnvironment = (options?: CallOptions) =>
    this.#json(E2bEnvironment, { path: '/v1/e2b', ...options })

  /** Resolves when the sandbox is ready. Aborting leaves nothing behind: the server cleans up. */
  createSandbox = (request: sandbox.CreateSandboxInput, options?: LongCallOptions) =>
    this.#result(sandbox.Handover, '/v1/sandboxes', request, options)

  async listSandboxes(options: CallOptions & { readonly all?: boolean } = {}) {
    const path = options.all ? '/v1/sandboxes?all=true' : '/v1/sandboxes'
    return (await this.#json(sandbox.SandboxList, { path, signal: options.signal })).sandboxes
  }

  sandbox = (id: string, options?: CallOptions) =>
    this.#json(sandbox.SandboxView, { path: sandboxPath(id), ...options })

  /** Waits until it is gone. Idempotent: the same receipt every time. */
  destroySandbox = (id: string, options?: CallOptions) =>
    this.#json(SignedReceipt, {
      method: 'DELETE',
      path: sandboxPath(id),
      timeoutMs: null,
      ...options,
    })

  receipt = (id: string, options?: CallOptions) =>
    this.#json(SignedReceipt, { path: `${sandboxPath(id)}/receipt`, ...options })

  extendSandbox = (id: string, by: string, options?: CallOptions) =>
    this.#json(sandbox.SandboxView, post(`${sandboxPath(id)}/extend`, { by }, options))

  /** A fresh capability for a sandbox that runs. */
  handover = (id: string, options: CallOptions & { readonly ttl?: string | undefined } = {}) =>
    this.#json(
      sandbox.Handover,
      post(`${sandboxPath(id)}/handover`, { ...(options.ttl && { ttl: options.ttl }) }, options),
    )

  /** Keeps a capability good for `ttl` from now; never shortens it. */
  renewHandover = ({ id, token }: Capability, ttl: string, options?: CallOptions) =>
    this.#done(post(`${sandboxPath(id)}/handover/renew`, { token, ttl }, options))

  /** What it opened stays open, and nothing more opens by it. Idempotent. */
  revokeHandover = ({ id, token }: Capability, options?: CallOptions) =>
    this.#done(post(`${sandboxPath(id)}/handover/revoke`, { token }, options))

  localDatabase = (id: string, name: string, options?: CallOptions) =>
    this.#json(
      sandbox.LocalDatabase,
      post(`${sandboxPath(id)}/databases/${encodeURIComponent(name)}/local`, {}, options),
    )

  async events(id: string, options?: CallOptions) {
    const path = `${sandboxPath(id)}/events`
    return (await this.#json(sandbox.SandboxEventList, { path, ...options })).events
  }

  /** What was changed in its workspace since that was filled. */
  changes = (id: string, options?: CallOptions) =>
    this.#json(WorkspaceChanges, {
      path: `${sandboxPath(id)}/changes`,
      timeoutMs: 300_000,
      ...options,
    })

  /** The same as a patch for `git apply`. Its bytes are an agent’s: look before you apply them. */
  async patch(id: string, options?: CallOptions): Promise<ReadableStream<Uint8Array>> {
    const request = { path: `${sandboxPath(id)}/patch`, accept: patchType, timeoutMs: null }
    return bodyOf(await send(this.#connection, { ...request, ...options }))
  }

  /** Every event from now on, until the signal or the server ends it. */
  async *watch(options?: CallOptions): AsyncGenerator<sandbox.SandboxEvent, void, undefined> {
    const request = { path: '/v1/events', accept: 'text/event-stream', timeoutMs: null }
    const response = await send(this.#connection, { ...request, ...options })
    for await (const data of serverSentEvents(response)) {
      yield parseAnswer(z.string().transform(toJson).pipe(sandbox.SandboxEvent), data)
    }
  }

  /** Which rule decides about a URL; nothing is sent there. */
  testEgress = (request: EgressTestInput, options?: CallOptions) =>
    this.#json(EgressVerdict, post('/v1/egress/test', request, options))

  /** Takes a tar archive; its id goes in `createSandbox`’s `workspace`. */
  uploadWorkspace = (archive: RequestBody, options?: CallOptions) =>
    this.#json(sandbox.Workspace, {
      method: 'PUT',
      path: '/v1/workspaces',
      type: tarType,
      body: archive,
      timeoutMs: null,
      ...options,
    })

  /** Looks through a tar archive as if it were to enter a sandbox; nothing of it is kept. */
  checkSecrets = (archive: RequestBody, options?: CallOptions) =>
    this.#json(SecretsReport, {
      method: 'PUT',
      path: '/v1/workspaces/check',
      type: tarType,
      body: archive,
      timeoutMs: null,
      ...options,
    })

  /** Resolves with the sealed snapshot. Aborting removes what was built so far. */
  buildSnapshot = (source: string, options?: LongCallOptions) =>
    this.#result(snapshot.Snapshot, '/v1/snapshots', { source }, options)

  async listSnapshots(options?: CallOptions) {
    return (await this.#json(snapshot.SnapshotList, { path: '/v1/snapshots', ...options }))
      .snapshots
  }

  snapshot = (id: string, options?: CallOptions) =>
    this.#json(snapshot.SnapshotDetail, { path: snapshotPath(id), ...options })

  removeSnapshot = (id: string, options?: CallOptions) =>
    this.#done({ method: 'DELETE', path: snapshotPath(id), timeoutMs: 300_000, ...options })

  async listSources(options?: CallOptions) {
    return (await this.#json(snapshot.SourceList, { path: '/v1/sources', ...options })).sources
  }

  review(source: string, options: LongCallOptions & { readonly update?: boolean } = {}) {
    const path = `/v1/sources/${encodeURIComponent(source)}/review`
    return this.#result(snapshot.Review, path, { update: options.update ?? false }, options)
  }

  /** What a build would copy, without copying it. */
  plan = (source: string, options?: LongCallOptions) =>
    this.#result(
      snapshot.SnapshotPlan,
      `/v1/sources/${encodeURIComponent(source)}/plan`,
      {},
      options,
    )

  async #done(request: HttpRequest): Promise<void> {
    await (await send(this.#connection, request)).body?.cancel()
  }

  #json<Schema extends z.ZodType>(schema: Schema, request: HttpRequest) {
    return sendForJson(this.#connection, { ...request, schema })
  }

  // biome-ignore lint/complexity/useMaxParams: private, and the four are what differs
  #result<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    json: unknown,
    options?: LongCallOptions,
  ) {
    return sendForResult(this.#connection, { method: 'POST', path, json, schema, ...options })
  }
}

/** Checked and then kept as it came: a key dropped from it would break its signature. */
const SignedReceipt = z.custom<Receipt>((value) => Receipt.safeParse(value).success)

const sandboxPath = (id: string) => `/v1/sandboxes/${encodeURIComponent(id)}`
const snapshotPath = (id: string) => `/v1/snapshots/${encodeURIComponent(id)}`

const post = (path: string, json: unknown, options?: CallOptions): HttpRequest => ({
  method: 'POST',
  path,
  json,
  timeoutMs: 300_000,
  signal: options?.signal,
})

function toJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue('not JSON')
    return z.NEVER
  }
}
