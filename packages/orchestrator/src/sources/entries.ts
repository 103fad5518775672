import type { Finding, MountedKindName, ServerKind, SourceKind } from '@stuntdouble/sdk/wire'
import type { ContainerSpec, Process } from '../engine/engine.ts'
import type { NameStyle } from '../masking/masking.ts'
import type {
  Credentials,
  Dial,
  OpenRequest,
  Server,
  StagedServer,
  StagingRequest,
} from './sources.ts'

/**
 * A kind of store that holds named entries and has no schema, such as keys of Redis. What becomes of
 * an entry is answered by the first pattern that fits its name.
 */
export interface EntryStore extends StagedServer {
  readonly model: 'entries'
  readonly kind: SourceKind
  readonly names: NameStyle
  /** The types of entries that can be copied; others can only be dropped. */
  readonly types: readonly string[]
  /** What an entry is read in: values of its own, or pieces of the one that it holds. */
  readonly parts: 'values' | 'pieces'
  /** Entries under way together, at most. */
  readonly atOnce: number
  /** The container that holds an empty store in an empty volume for a build. */
  stagingContainer(request: StagingRequest): ContainerSpec
  /** Opens a production store for reading. Throws as `StoreKind.open` does. */
  open(request: OpenRequest, signal: AbortSignal): Promise<EntrySource>
}

/** Entries that a server holds. */
export interface EntryKind extends Server, EntryStore {
  readonly kind: ServerKind
  /** Opens the empty staging server for writing. */
  target(dial: Dial, credentials: Credentials, signal: AbortSignal): Promise<EntryTarget>
}

/** Entries that no server holds: a clone is mounted where a blueprint says. */
export interface MountedKind extends EntryStore {
  readonly kind: MountedKindName
  /** Opens the empty staging directory for writing, through commands run there. */
  target(exec: Exec, signal: AbortSignal): Promise<EntryTarget>
}

/** Runs a command in the staging container. */
export type Exec = (command: readonly string[], signal: AbortSignal) => Promise<Process>

/** What holds entries: production, or the copy while it is checked. Disposal ends its connections. */
export interface Entries extends AsyncDisposable {
  /**
   * All of them, in batches. One that comes or goes meanwhile may be missing or be told; one that
   * stays is told at least once.
   */
  list(signal: AbortSignal): AsyncIterable<readonly Entry[]>
  /** What an entry holds. Empty where it is gone by now; throws for a type that cannot be read. */
  read(entry: Entry, signal: AbortSignal): AsyncIterable<readonly EntryPart[]>
}

/** A production store, opened. Only ever read. */
export interface EntrySource extends Entries {
  readonly version: number
  /** host:port/database */
  readonly address: string
  readonly database: string
  /** What a snapshot of it should be known to lack. */
  readonly findings: readonly Finding[]
  /** Bytes that are copied at most; no bound when left out. */
  readonly mostBytes?: number
}

export interface Entry {
  readonly name: Buffer
  /** The store’s own word, such as `hash`. */
  readonly type: string
  /** Of one that is read whole, or whose size must be known before; 0 for others that come in parts. */
  readonly sizeBytes: number
  /** Until it vanishes by itself; null when it stays. */
  readonly ttlMs: number | null
}

/** A value: of a string or a list, of a field, or a member with its score. */
export interface EntryPart {
  readonly field?: Buffer
  readonly value: Buffer
  readonly score?: string
}

/** The staging server during a build. */
export interface EntryTarget extends Entries {
  count(signal: AbortSignal): Promise<number>
  /** Adds parts to an entry that is made by its first, and holds `sizeBytes` with its last. */
  write(entry: Entry, parts: readonly EntryPart[], signal: AbortSignal): Promise<void>
  /** Leaves nothing in the server’s memory that is not in its files. */
  writeOut(signal: AbortSignal): Promise<void>
  /** Makes the sandbox’s role and removes the build’s. */
  finish(role: Credentials, signal: AbortSignal): Promise<void>
  sizeBytes(signal: AbortSignal): Promise<number>
}
