import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SandboxError } from '../errors.ts'
import type { WorkspaceChanges } from '../wire/changes.ts'
import type { Health } from '../wire/doctor.ts'
import type { FileEntry } from '../wire/door.ts'
import type { SandboxEvent } from '../wire/events.ts'
import type { Extended, ExtendRequest } from '../wire/extend.ts'
import type { QueryRequest, QueryResult } from '../wire/query.ts'
import type { EndReason, Receipt } from '../wire/receipt.ts'
import type { CreateSandboxRequest, Handover, SandboxView } from '../wire/sandbox.ts'
import { parseDuration } from '../wire/units.ts'
import type { FakeBackground } from './fake-background.ts'
import { databasesOf, filesOf, hasData, snapshotId } from './fake-data.ts'
import * as errors from './fake-errors.ts'
import { leaseOf, overdue, touched } from './fake-lease.ts'
import type { FakeChild, FakeMachine } from './fake-machine.ts'
import { signed } from './fake-receipt.ts'

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly state: FakeState
}

export interface FakeSandbox {
  readonly view: SandboxView
  readonly handover: Handover
  readonly machine: FakeMachine
  readonly request: CreateSandboxRequest
  /** What ends with it, or with a rollback. */
  readonly running: Set<FakeChild>
  readonly receipt?: Receipt
}

export interface FakeCheckpoint {
  readonly name: string
  readonly createdAt: string
  readonly machine: FakeMachine
}

export interface FakeWrite {
  /** The sandbox’s id. */
  readonly sandbox: string
  /** Absolute, inside. */
  readonly path: string
  readonly content: Uint8Array
}

export interface FakeStateParts {
  readonly url: string
  readonly machineOf: (id: string) => FakeMachine
  readonly now?: () => number
}

/** What a fake orchestrator holds. Tests may put errors in the way of its answers. */
export class FakeState {
  readonly apiKey = 'sk_test'
  readonly requests: string[] = []
  /** Files that came through a door, oldest first. */
  readonly written: FakeWrite[] = []
  readonly sandboxes = new Map<string, FakeSandbox>()
  readonly workspaces = new Map<string, Buffer>()
  /** Thrown by the next request for long work, after a line of progress. */
  failure: SandboxError | undefined
  /** Holds requests for long work back until it settles. */
  hold: Promise<void> | undefined
  /** Capabilities beside the first one, until they are revoked, and for how long each is good. */
  readonly issued = new Map<string, { readonly id: string; readonly ttl: string | undefined }>()
  /** First capabilities that were revoked. */
  readonly revoked = new Set<string>()
  /** By sandbox, newest first. */
  readonly checkpoints = new Map<string, readonly FakeCheckpoint[]>()
  /** Those that were renewed. */
  readonly renewed = new Set<string>()
  /** Thrown when one of these snapshots is to be removed. */
  readonly kept = new Map<string, SandboxError>()
  /** What runs in the background, of all sandboxes. */
  readonly background: FakeBackground[] = []
  /** What a hostile sandbox claims to be in a directory, by its path. */
  readonly claims = new Map<string, readonly FileEntry[]>()
  /** What every sandbox claims was changed in it. */
  changes: Omit<WorkspaceChanges, 'sandbox'> = { files: [], ignored: [], leftOut: [] }
  patch: Uint8Array = new Uint8Array()
  /** What every database answers: without a script, the question. */
  query: (database: string, asked: QueryRequest, sandbox: string) => QueryResult = (
    database,
    { sql, parameters },
  ) => ({
    ...{ columns: [], rows: [[database, sql, ...parameters]], affected: null, more: false },
  })
  /** Of every sandbox, after its first. */
  readonly events: SandboxEvent[] = []
  /** How many answers to long work break after it was done, before they begin. */
  breaks = 0
  /** After so many a stream of events breaks. */
  eventsAtOnce: number | undefined
  /** The latest hard end that is granted. */
  longest: number | undefined
  /** Said by `GET /v1/health` besides. */
  health: Partial<Health> = {}
  /** How often a client went away before its long work was done. */
  abandoned = 0
  /** Why what ran was ended from outside. */
  readonly cutBy = new WeakMap<FakeChild, SandboxError>()
  readonly now: () => number
  readonly #keys = new Map<string, string>()
  readonly #machineOf: FakeStateParts['machineOf']
  readonly #url: string

  constructor({ url, machineOf, now = Date.now }: FakeStateParts) {
    this.#machineOf = machineOf
    this.#url = url
    this.now = now
  }

  create(request: CreateSandboxRequest, of?: FakeMachine): FakeSandbox {
    const id = `sb${randomBytes(6).toString('hex')}`
    const token = newToken(id)
    const lease = leaseOf(request, this.now())
    const shared = {
      id,
      expiresAt: lease.expiresAt,
      snapshot: hasData(request) ? snapshotId : null,
      databases: databasesOf(request),
      files: filesOf(request),
    }
    const sandbox: FakeSandbox = {
      machine: of ?? this.#machineOf(id),
      request,
      running: new Set(),
      handover: { ...shared, token, url: `${this.#url}/s/${token}` },
      view: {
        ...shared,
        state: 'ready',
        egress: [],
        credentials: {},
        ...lease,
        endedAt: null,
        endReason: null,
        image: request.blueprint.workspace.image,
        isolation: request.blueprint.isolation ?? 'runc',
        problem: null,
        clean: null,
      },
    }
    this.sandboxes.set(id, sandbox)
    return sandbox
  }

  createOnce(key: string, request: CreateSandboxRequest): FakeSandbox {
    const known = this.#keys.get(key)
    const sandbox = known === undefined ? this.create(request) : this.get(known)
    this.#keys.set(key, sandbox.view.id)
    return sandbox
  }

  issue(id: string, ttl: string | undefined): Handover {
    const token = newToken(id)
    this.issued.set(token, { id, ttl })
    return { ...this.get(id).handover, token, url: `${this.#url}/s/${token}` }
  }

  get(id: string): FakeSandbox {
    const sandbox = this.sandboxes.get(id)
    if (!sandbox) throw errors.sandboxNotFound(id)
    return sandbox
  }

  /** Throws `sandbox_gone` as well. */
  ready(id: string): FakeSandbox {
    const sandbox = this.get(id)
    if (sandbox.receipt) throw errors.sandboxGone(sandbox.receipt)
    return sandbox
  }

  /** Throws `conflict` as well. */
  usable(id: string): FakeSandbox {
    const sandbox = this.ready(id)
    if (sandbox.view.state === 'paused') throw errors.isPaused(id)
    return sandbox
  }

  update(id: string, change: Partial<SandboxView>): SandboxView {
    const sandbox = this.get(id)
    const view = { ...sandbox.view, ...change }
    this.sandboxes.set(id, { ...sandbox, view })
    return view
  }

  /** A use: the idle end moves. */
  touch(id: string): SandboxView {
    const { view, request } = this.get(id)
    return this.update(id, touched(view, request, this.now()))
  }

  extend(id: string, { by = '0s', until }: ExtendRequest): Extended {
    const end = Date.parse(this.ready(id).view.expiresAt)
    const asked = until ? Date.parse(until) : end + (parseDuration(by) ?? 0) * 1000
    if (asked <= this.now()) throw errors.hasPassed()
    const granted = Math.max(Math.min(asked, this.longest ?? asked), end)
    const limitedBy = asked > granted ? { limit: 'maxTtl' as const, value: '24h' } : null
    const extension = { asked: isoOf(asked), granted: isoOf(granted), limitedBy }
    return { ...this.endAt(id, granted), extension }
  }

  endAt(id: string, at: number): SandboxView {
    this.ready(id)
    this.update(id, { expiresAt: isoOf(Math.min(at, this.longest ?? at)) })
    return this.touch(id)
  }

  /** The sandbox that a path below `/s/` leads to. Throws what the gateway does. */
  held(path: string): FakeSandbox {
    const [, , token = ''] = path.split(/[/?]/)
    const first = [...this.sandboxes.values()].find(({ handover }) => handover.token === token)
    const id = this.issued.get(token)?.id ?? first?.view.id
    if (id === undefined || this.revoked.has(token)) throw errors.unknownToken()
    return this.ready(id)
  }

  /** The same, and a use of it. */
  use(path: string): FakeSandbox {
    const { id } = this.usable(this.held(path).view.id).view
    this.touch(id)
    return this.get(id)
  }

  /** Ends what runs in a sandbox, and says why to who listens. */
  cut(id: string, why: SandboxError): void {
    const { running } = this.get(id)
    for (const child of running) {
      this.cutBy.set(child, why)
      child.kill('SIGKILL')
    }
  }

  /** Ends the sandboxes whose lease is over. */
  settle(): void {
    for (const { view, receipt } of [...this.sandboxes.values()]) {
      const reason = receipt ? undefined : overdue(view, this.now())
      if (reason) this.end(view.id, reason)
    }
  }

  end(id: string, reason: EndReason = 'down'): Receipt {
    const sandbox = this.get(id)
    if (sandbox.receipt) return sandbox.receipt
    const receipt = signed(sandbox.view, reason, isoOf(this.now()))
    this.sandboxes.set(id, { ...sandbox, receipt })
    this.checkpoints.delete(id)
    this.update(id, { state: 'ended', endedAt: receipt.endedAt, endReason: reason, clean: true })
    this.cut(id, errors.sandboxGone(receipt))
    return receipt
  }
}

const isoOf = (at: number) => new Date(at).toISOString()
const newToken = (id: string) => `sd_${id}_${randomBytes(32).toString('base64url')}`
