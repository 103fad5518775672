import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { canonicalJson } from '../canonical-json.ts'
import { SandboxError } from '../errors.ts'
import type { WorkspaceChanges } from '../wire/changes.ts'
import type { Health } from '../wire/doctor.ts'
import type { FileEntry } from '../wire/door.ts'
import type { SandboxEvent } from '../wire/events.ts'
import type { Extended, ExtendRequest } from '../wire/extend.ts'
import type { QueryRequest, QueryResult } from '../wire/query.ts'
import type { Receipt } from '../wire/receipt.ts'
import type { CreateSandboxRequest, Handover, SandboxView } from '../wire/sandbox.ts'
import { parseDuration } from '../wire/units.ts'
import type { FakeBackground } from './fake-background.ts'

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly state: FakeState
}

export interface FakeSandbox {
  readonly view: SandboxView
  readonly handover: Handover
  /** The directory that stands for its file system. */
  readonly root: string
  readonly request: CreateSandboxRequest
  readonly receipt?: Receipt
}

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
export const installationKey = publicKey
  .export({ format: 'der', type: 'spki' })
  .toString('base64url')

/** What a fake orchestrator holds. Tests may put errors in the way of its answers. */
export class FakeState {
  readonly apiKey = 'sk_test'
  readonly requests: string[] = []
  readonly sandboxes = new Map<string, FakeSandbox>()
  readonly workspaces = new Map<string, Buffer>()
  /** Thrown by the next request for long work, after a line of progress. */
  failure: SandboxError | undefined
  /** Holds requests for long work back until it settles. */
  hold: Promise<void> | undefined
  /** Capabilities beside the first one, until they are revoked, and for how long each is good. */
  readonly issued = new Map<string, { readonly id: string; readonly ttl: string | undefined }>()
  /** Names by sandbox, oldest first. */
  readonly checkpoints = new Map<string, string[]>()
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
  query: (database: string, asked: QueryRequest) => QueryResult = (
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
  readonly #keys = new Map<string, string>()
  readonly #root: string
  readonly #url: string

  constructor({ root, url }: { readonly root: string; readonly url: string }) {
    this.#root = root
    this.#url = url
  }

  create(request: CreateSandboxRequest, now = Date.now()): FakeSandbox {
    const id = `sb${randomBytes(6).toString('hex')}`
    const token = newToken(id)
    const root = join(this.#root, id)
    mkdirSync(join(root, 'workspace'), { recursive: true })
    const lasts = (ttl: string) => new Date(now + (parseDuration(ttl) ?? 0) * 1000).toISOString()
    const shared = {
      id,
      expiresAt: lasts(request.ttl ?? request.blueprint.ttl),
      snapshot: hasData(request) ? snapshotId : null,
      databases: databasesOf(request),
      files: filesOf(request),
    }
    const sandbox: FakeSandbox = {
      root,
      request,
      handover: { ...shared, token, url: `${this.#url}/s/${token}` },
      view: {
        ...shared,
        state: 'ready',
        egress: [],
        credentials: {},
        createdAt: new Date(now).toISOString(),
        idleAt: lasts(request.idle ?? request.blueprint.idle),
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
    if (sandbox) return sandbox
    throw new SandboxError('sandbox_not_found', `No sandbox "${id}".`, {
      hint: 'Run `sandbox ls`.',
    })
  }

  update(id: string, change: Partial<SandboxView>): SandboxView {
    const sandbox = this.get(id)
    const view = { ...sandbox.view, ...change }
    this.sandboxes.set(id, { ...sandbox, view })
    return view
  }

  extend(id: string, { by = '0s', until }: ExtendRequest): Extended {
    const end = Date.parse(this.get(id).view.expiresAt)
    const asked = new Date(until ?? end + (parseDuration(by) ?? 0) * 1000).toISOString()
    const limited = Date.parse(asked) > (this.longest ?? Number.POSITIVE_INFINITY)
    const granted = limited ? new Date(this.longest ?? 0).toISOString() : asked
    const limitedBy = limited ? { limit: 'maxTtl' as const, value: '24h' } : null
    return { ...this.update(id, { expiresAt: granted }), extension: { asked, granted, limitedBy } }
  }

  byCapability(path: string): FakeSandbox | undefined {
    const [, , token = ''] = path.split('/')
    const id = this.issued.get(token)?.id
    return [...this.sandboxes.values()].find(
      ({ handover, receipt }) => !receipt && (handover.token === token || handover.id === id),
    )
  }

  end(id: string): Receipt {
    const sandbox = this.get(id)
    const receipt = sandbox.receipt ?? signed(sandbox)
    this.sandboxes.set(id, { ...sandbox, receipt })
    this.update(id, { state: 'ended', endedAt: receipt.endedAt, endReason: 'down', clean: true })
    return receipt
  }
}

const newToken = (id: string) => `sd_${id}_${randomBytes(32).toString('base64url')}`

export const snapshotId = 'sn000000000001'

const databasesOf = ({ blueprint }: CreateSandboxRequest) =>
  Object.fromEntries(
    Object.entries(blueprint.data).map(([name, { source }]) => [
      name,
      { url: `postgres://app@db:5432/${source}`, snapshot: snapshotId, source },
    ]),
  )

const filesOf = ({ blueprint }: CreateSandboxRequest) =>
  Object.fromEntries(
    Object.entries(blueprint.files).map(([name, { source, path }]) => [
      name,
      { path, snapshot: snapshotId, source },
    ]),
  )

const hasData = ({ blueprint: { data, files } }: CreateSandboxRequest) =>
  Object.keys({ ...data, ...files }).length > 0

function signed({ view }: FakeSandbox): Receipt {
  const statement = {
    id: view.id,
    clean: true,
    reason: 'down' as const,
    createdAt: view.createdAt,
    endedAt: new Date().toISOString(),
    inventory: [{ kind: 'container', id: 'c1', name: 'gate', after: 'absent' } as const],
    doubts: [],
    installation: 'test',
  }
  const value = sign(null, Buffer.from(canonicalJson(statement)), privateKey).toString('base64url')
  return {
    ...statement,
    signature: { algorithm: 'ed25519', keyId: 'k1', publicKey: installationKey, value },
  }
}
