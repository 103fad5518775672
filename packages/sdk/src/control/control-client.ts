import type { z } from 'zod'
import { bodyOf } from '../http/body.ts'
import type { Connection, HttpRequest, RequestBody } from '../http/connection.ts'
import { send, sendForJson } from '../http/http.ts'
import { sendForResult } from '../http/ndjson.ts'
import { patchType, WorkspaceChanges } from '../wire/changes.ts'
import * as checkpoint from '../wire/checkpoint.ts'
import { DoctorReport, Health } from '../wire/doctor.ts'
import { tarType } from '../wire/door.ts'
import { E2bEnvironment } from '../wire/e2b.ts'
import { type EgressTestInput, EgressVerdict } from '../wire/egress.ts'
import { EventPage, type SandboxEvent, SandboxEventList } from '../wire/events.ts'
import { Extended } from '../wire/extend.ts'
import { SandboxMetrics } from '../wire/metrics.ts'
import { DrainedPool, PoolView } from '../wire/pool.ts'
import * as sandbox from '../wire/sandbox.ts'
import { SecretsReport } from '../wire/secrets.ts'
import * as snapshot from '../wire/snapshot.ts'
import {
  type CallOptions,
  type ControlOptions,
  type CreateCallOptions,
  extensionOf,
  type LongCallOptions,
  post,
  SignedReceipt,
  sandboxPath,
  snapshotPath,
} from './requests.ts'
import { newIdempotencyKey, retrying } from './retrying.ts'
import { queryOf, type WatchOptions, watchEvents } from './watch-events.ts'

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

  /** Where all its tools are, for a client of the Model Context Protocol; the header is the key. */
  get mcp(): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    const { url, bearer } = this.#connection
    return {
      url: `${url}/v1/mcp`,
      headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
    }
  }

  health = (options?: CallOptions & { readonly timeoutMs?: number }) =>
    this.#json(Health, { path: '/v1/health', ...options })

  doctor = (options?: CallOptions) =>
    this.#json(DoctorReport, { path: '/v1/doctor', timeoutMs: 300_000, ...options })

  /** What an E2B client’s environment has to say. Holds a key. */
  e2bEnvironment = (options?: CallOptions) =>
    this.#json(E2bEnvironment, { path: '/v1/e2b', ...options })

  /**
   * Resolves when the sandbox is ready. Aborting leaves nothing behind: the server cleans up. Where the
   * connection breaks it is asked again, for the same sandbox. So does whoever sends a key of theirs.
   */
  createSandbox = (
    request: sandbox.CreateSandboxInput,
    { idempotencyKey = newIdempotencyKey(), ...options }: CreateCallOptions = {},
  ) =>
    retrying(
      () =>
        sendForResult(this.#connection, {
          ...{ method: 'POST', path: '/v1/sandboxes', json: request, schema: sandbox.Handover },
          headers: { [sandbox.idempotencyHeader]: idempotencyKey },
          ...options,
        }),
      options.signal,
    )

  async listSandboxes(options: CallOptions & { readonly all?: boolean } = {}) {
    const path = options.all ? '/v1/sandboxes?all=true' : '/v1/sandboxes'
    return (await this.#json(sandbox.SandboxList, { path, signal: options.signal })).sandboxes
  }

  sandbox = (id: string, options?: CallOptions) =>
    this.#json(sandbox.SandboxView, { path: sandboxPath(id), ...options })

  /** Waits until it is gone. Idempotent: the same receipt every time. `force` forgoes its `preStop`. */
  destroySandbox = (
    id: string,
    { force, signal }: CallOptions & { readonly force?: boolean } = {},
  ) =>
    this.#json(SignedReceipt, {
      method: 'DELETE',
      path: `${sandboxPath(id)}${force ? '?force=true' : ''}`,
      timeoutMs: null,
      signal,
    })

  /** What it uses of processor, memory, processes and disk, and what it may. */
  metrics = (id: string, options?: CallOptions) =>
    this.#json(SandboxMetrics, { path: `${sandboxPath(id)}/metrics`, ...options })

  receipt = (id: string, options?: CallOptions) =>
    this.#json(SignedReceipt, { path: `${sandboxPath(id)}/receipt`, ...options })

  /** By a duration such as `30m`, or until a moment. As far as the operator allows: the answer says. */
  extendSandbox = (id: string, by: string | { readonly until: Date }, options?: CallOptions) =>
    this.#json(Extended, post(`${sandboxPath(id)}/extend`, extensionOf(by), options))

  /** Counted from now, earlier or later than it would have ended. */
  endSandboxIn = (id: string, timeoutMs: number, options?: CallOptions) =>
    this.#json(sandbox.SandboxView, post(`${sandboxPath(id)}/timeout`, { timeoutMs }, options))

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

  /** Keeps the state of databases, files and workspace; `checkpoint-1` and so on without a name. */
  checkpoint = (id: string, name?: string, options?: CallOptions) =>
    this.#json(
      checkpoint.Checkpoint,
      post(`${sandboxPath(id)}/checkpoints`, { ...(name && { name }) }, options),
    )

  /** Newest first. */
  async checkpoints(id: string, options?: CallOptions) {
    const path = `${sandboxPath(id)}/checkpoints`
    return (await this.#json(checkpoint.CheckpointList, { path, ...options })).checkpoints
  }

  removeCheckpoint = (id: string, name: string, options?: CallOptions) =>
    this.#done({
      method: 'DELETE',
      path: `${sandboxPath(id)}/checkpoints/${encodeURIComponent(name)}`,
      timeoutMs: 300_000,
      ...options,
    })

  /** To the newest checkpoint when none is named. What runs inside ends; the address stays. */
  rollback = (id: string, to?: string, options?: CallOptions) =>
    this.#json(
      sandbox.SandboxView,
      post(`${sandboxPath(id)}/rollback`, { ...(to && { to }) }, options),
    )

  /** All of them, or none. Aborting leaves none. */
  async fork(id: string, request: checkpoint.ForkInput = {}, options?: CallOptions) {
    const forks = post(`${sandboxPath(id)}/fork`, request, options)
    return (await this.#json(checkpoint.Forks, forks)).sandboxes
  }

  pause = (id: string, options?: CallOptions) =>
    this.#json(sandbox.SandboxView, post(`${sandboxPath(id)}/pause`, {}, options))

  resume = (id: string, options?: CallOptions) =>
    this.#json(sandbox.SandboxView, post(`${sandboxPath(id)}/resume`, {}, options))

  localDatabase = (id: string, name: string, options?: CallOptions) =>
    this.#json(
      sandbox.LocalDatabase,
      post(`${sandboxPath(id)}/databases/${encodeURIComponent(name)}/local`, {}, options),
    )

  async events(id: string, options?: CallOptions) {
    const path = `${sandboxPath(id)}/events`
    return (await this.#json(SandboxEventList, { path, ...options })).events
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

  /** Every event as it comes, until the signal ends it; goes back to a server that was lost. */
  watch = (options: WatchOptions = {}): AsyncGenerator<SandboxEvent, void, undefined> =>
    watchEvents(this.#connection, options)

  /** What is kept, a thousand at most: go on with `after: next`, at once while `more`. */
  eventPage = ({ signal, ...wanted }: WatchOptions = {}) =>
    this.#json(EventPage, { path: `/v1/events${queryOf(wanted)}`, signal })

  /** What is kept ready, and how much room there is. */
  pool = (options?: CallOptions) => this.#json(PoolView, { path: '/v1/pool', ...options })

  /** Ends what is kept ready, and resolves with the receipts. */
  async drainPool(options?: CallOptions) {
    const request = { method: 'DELETE', path: '/v1/pool', timeoutMs: null } as const
    return (await this.#json(DrainedPool, { ...request, ...options })).receipts
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
