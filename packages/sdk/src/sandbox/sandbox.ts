import type { ControlClient } from '../control/control.ts'
import {
  type LogOptions,
  listPorts,
  parseHandoverUrl,
  portView,
  readLog,
  sandboxMetrics,
  welcome,
} from '../door/door.ts'
import type { Connection } from '../http/connection.ts'
import { findOrchestrator, type OrchestratorOptions } from '../node/find-orchestrator.ts'
import { patientFetch } from '../node/patient-fetch.ts'
import { Pty } from '../pty/pty.ts'
import type { BlueprintInput } from '../wire/blueprint.ts'
import type { WorkspaceChanges } from '../wire/changes.ts'
import type { Checkpoint, ForkInput } from '../wire/checkpoint.ts'
import type { Welcome } from '../wire/door.ts'
import type { SandboxEvent } from '../wire/events.ts'
import type { Extended } from '../wire/extend.ts'
import type { SandboxMetrics } from '../wire/metrics.ts'
import type { PortView } from '../wire/preview.ts'
import type { OnProgress } from '../wire/progress.ts'
import type { Receipt } from '../wire/receipt.ts'
import type { DatabaseView, Handover, LocalDatabase, SandboxView } from '../wire/sandbox.ts'
import { Commands } from './commands.ts'
import { createSandbox } from './create-sandbox.ts'
import { databaseOf, type SandboxDatabase } from './database.ts'
import { Files } from './files.ts'

export interface CreateOptions extends OrchestratorOptions {
  /** A file, or the blueprint itself; the working directory’s sandbox.yaml when left out. */
  readonly blueprint?: string | BlueprintInput
  /** Overrides the blueprint’s; such as `45m`. */
  readonly ttl?: string
  readonly idle?: string
  /** False to be refused at once where there is no room; it waits otherwise. */
  readonly wait?: boolean
  readonly onProgress?: OnProgress
  /** Aborting leaves nothing behind. */
  readonly signal?: AbortSignal
}

export interface ConnectOptions extends OrchestratorOptions {
  readonly signal?: AbortSignal
}

/** What the flight recorder and the sandbox itself say, now or after its end. */
export interface SandboxReport {
  readonly sandbox: SandboxView
  /** Oldest first. Hold no token and no value from a source. */
  readonly events: readonly SandboxEvent[]
}

type Lease = Pick<Handover, 'id' | 'url' | 'token' | 'expiresAt' | 'databases'>
type Control = () => Promise<ControlClient>

/**
 * One sandbox, held by its capability. `await using` ends it with the scope; without it the sandbox
 * lives until its lease ends.
 */
export class Sandbox implements AsyncDisposable {
  readonly id: string
  /** The whole hand-over: opening it needs nothing else. Treat it as a password. */
  readonly url: string
  readonly token: string
  readonly databases: Readonly<Record<string, DatabaseView>>
  readonly commands: Commands
  readonly files: Files
  readonly pty: Pty
  readonly #door: Connection
  readonly #control: Control
  #expiresAt: string

  private constructor(lease: Lease, control: Control) {
    this.id = lease.id
    this.url = lease.url
    this.token = lease.token
    this.databases = lease.databases
    this.#expiresAt = lease.expiresAt
    this.#control = control
    this.#door = { url: lease.url.replace(/\/$/, ''), patientFetch }
    this.commands = new Commands(this.#door)
    this.files = new Files(this.#door)
    this.pty = new Pty(this.#door)
  }

  /** Resolves when everything in it is ready. */
  static async create(options: CreateOptions = {}): Promise<Sandbox> {
    const control = await findOrchestrator(options)
    return new Sandbox(await createSandbox(control, options), async () => control)
  }

  /**
   * Joins a sandbox that runs, by its hand-over URL alone. `extend`, `setTimeout`, `kill`, `info`,
   * `report`, `changes`, `patch`, `db.local`, checkpoints, forks and pauses are the owner’s: they need an API key, looked for as `create` does.
   */
  static async connect(handover: string | Handover, options: ConnectOptions = {}) {
    const { url, token } = parseHandoverUrl(typeof handover === 'string' ? handover : handover.url)
    const seen = await welcome({ url }, options.signal)
    return new Sandbox({ ...seen, url, token }, () => findOrchestrator(options))
  }

  /** Joins by a hand-over that was just received, without asking the sandbox. */
  static of(handover: Handover, control: ControlClient): Sandbox {
    return new Sandbox(handover, async () => control)
  }

  static async list(options: ConnectOptions & { readonly all?: boolean } = {}) {
    return await (await findOrchestrator(options)).listSandboxes(options)
  }

  /** The hard end, as far as this object knows: another holder may have extended it. */
  get expiresAt(): string {
    return this.#expiresAt
  }

  /**
   * The first database: `db.query()` asks it, `db.url` works inside, `db.local()` gives an address that
   * works outside.
   */
  get db(): SandboxDatabase {
    return this.database()
  }

  /** Of several, the one of that name. */
  database(name?: string): SandboxDatabase {
    const local = (name: string) => this.#local(name)
    return databaseOf(this.databases, name, { door: this.#door, local })
  }

  /** What it says of itself at its URL, to whoever holds it. */
  welcome(signal?: AbortSignal): Promise<Welcome> {
    return welcome(this.#door, signal)
  }

  /** What listens inside, and where it is seen from. */
  async ports(): Promise<readonly PortView[]> {
    return await listPorts(this.#door)
  }

  /**
   * A link to a server inside, for a browser. It opens that port and nothing else of the sandbox. A
   * program sends the sandbox’s token as `X-Stuntdouble-Token` to the link’s origin.
   */
  async getUrl(port: number): Promise<string> {
    return (await portView(this.#door, port)).link
  }

  /** What it uses of processor, memory, processes and disk right now, and what it may. Keeps it no longer alive. */
  metrics(signal?: AbortSignal): Promise<SandboxMetrics> {
    return sandboxMetrics(this.#door, signal)
  }

  /** The end of what a database, a service or the workspace’s own main program said. Keeps it no longer alive. */
  logs(name: string, options?: LogOptions): Promise<string> {
    return readLog(this.#door, name, options)
  }

  async info(): Promise<SandboxView> {
    return await (await this.#control()).sandbox(this.id)
  }

  /** What was changed in /workspace since it was filled. */
  async changes(): Promise<WorkspaceChanges> {
    return await (await this.#control()).changes(this.id)
  }

  /** The same as a patch for `git apply`. Its bytes are an agent’s: look before you apply them. */
  async patch(): Promise<ReadableStream<Uint8Array>> {
    return await (await this.#control()).patch(this.id)
  }

  /** Keeps the state of databases, files and workspace, to go back to or to fork from. */
  async checkpoint(name?: string): Promise<Checkpoint> {
    return await (await this.#control()).checkpoint(this.id, name)
  }

  /** Newest first. */
  async checkpoints(): Promise<readonly Checkpoint[]> {
    return await (await this.#control()).checkpoints(this.id)
  }

  /** To the newest checkpoint when none is named. What runs inside ends; everything else of it stays. */
  async rollback(to?: string): Promise<SandboxView> {
    return await (await this.#control()).rollback(this.id, to)
  }

  /** Copies, each with a lease of its own and for whoever asked to end: all of them, or none. */
  async fork(request: ForkInput = {}, signal?: AbortSignal): Promise<Sandbox[]> {
    const control = await this.#control()
    const handovers = await control.fork(this.id, request, { signal })
    return handovers.map((handover) => Sandbox.of(handover, control))
  }

  /** Stops everything inside; its hard end still comes. Doors answer `conflict` until `resume`. */
  async pause(): Promise<SandboxView> {
    return await (await this.#control()).pause(this.id)
  }

  async resume(): Promise<SandboxView> {
    return await (await this.#control()).resume(this.id)
  }

  /** Moves the hard end, by a while or until a moment; the answer says what the operator’s limit left of it. */
  async extend(by: string | { readonly until: Date }): Promise<Extended> {
    const view = await (await this.#control()).extendSandbox(this.id, by)
    this.#expiresAt = view.expiresAt
    return view
  }

  /**
   * Ends it so many milliseconds from now, earlier or later than it would have ended. The operator’s
   * limit may leave less of it: `expiresAt` says what there is. Its idle end stays.
   */
  async setTimeout(timeoutMs: number): Promise<SandboxView> {
    const view = await (await this.#control()).endSandboxIn(this.id, timeoutMs)
    this.#expiresAt = view.expiresAt
    return view
  }

  /** What became of it so far, and what was done in it. */
  async report(): Promise<SandboxReport> {
    const control = await this.#control()
    const [sandbox, events] = await Promise.all([control.sandbox(this.id), control.events(this.id)])
    return { sandbox, events }
  }

  /**
   * Ends it, waits until nothing is left, and returns the receipt; the same one every time. `force`
   * forgoes its blueprint’s `preStop`.
   */
  async kill(options?: { readonly force?: boolean }): Promise<Receipt> {
    return await (await this.#control()).destroySandbox(this.id, options)
  }

  async [Symbol.asyncDispose]() {
    await this.kill()
  }

  async #local(name: string): Promise<LocalDatabase> {
    return await (await this.#control()).localDatabase(this.id, name)
  }
}
