import type { Duplex, Readable, Writable } from 'node:stream'
import type { Finding, MountedKindName, PlannedTable, ServerKind } from '@stuntdouble/sdk/wire'
import type { ContainerSpec, Mount } from '../engine/engine.ts'
import type { Samples, TableRef, TableShape } from '../masking/masking.ts'
import type { EntryKind, MountedKind } from './entries.ts'
import type { RunQuery } from './query.ts'
import type { Subset } from './subset/subset.ts'

export * from './entries.ts'
export type { QueryAnswer, QueryRequest, RunQuery } from './query.ts'
export type { Likeness, Subset } from './subset/subset.ts'

/** How a clone of a snapshot is run in a sandbox, whatever kind of store it is of. */
export interface Server {
  readonly kind: ServerKind
  /** Inside a pod; a second database of the kind listens on the next. */
  readonly port: number

  /** The container that runs a clone in a sandbox. */
  container(request: ContainerRequest): ContainerSpec

  /**
   * Resolves when the server inside answers queries and holds what it should. `dial` opens a fresh
   * connection to its port.
   */
  ready(dial: Dial, credentials: Credentials, signal: AbortSignal): Promise<void>

  /**
   * Of a server that keeps its data in memory alone: has it write everything to its files, and take no
   * writes until disposed, or for a minute. Absent where what was committed is in the files.
   */
  settle?(dial: Dial, credentials: Credentials, signal: AbortSignal): Promise<AsyncDisposable>

  /** Such as `postgres://app:…@host:port/database`. */
  url(credentials: Credentials, at: Address): string

  /** Variables that make the kind’s own client find the database without an argument. */
  clientEnvironment(credentials: Credentials, at: Address): Readonly<Record<string, string>>

  /** One statement in a running clone. Absent where it is not asked in SQL. */
  readonly query?: RunQuery
}

/** How the server is run that a build fills. */
export interface StagedServer {
  /** The build’s superuser of a staging cluster. */
  readonly superuser: string
  /** The image of ours that runs a copy of a store of this major version: the oldest that is not older. */
  imageFor(version: number): string

  /** Run in the staging container: a clean shutdown, after which the container exits by itself. */
  readonly stopCommand: readonly string[]
  /** Of the cluster's files in the staging container. */
  readonly dataDirectory: string
  /** Where, below it, there is only what every fresh cluster holds, if anything; such as `base/1`. */
  readonly pristineFiles?: string
}

/** Everything we know how to do with one kind of store of tables. Adding a kind is adding a folder. */
export interface StoreKind extends Server, StagedServer {
  readonly model: 'tables'

  /** The container that makes a fresh cluster in an empty volume and runs it for a build. */
  stagingContainer(request: StagingRequest & Locale): ContainerSpec

  /**
   * Opens a production store for reading: one read-only transaction on one exported snapshot. Checks
   * privileges and row-level security first. Throws `source_unreachable` or `source_refused`, naming
   * the source and never its password.
   */
  open(request: OpenRequest, signal: AbortSignal): Promise<Source>

  /** Opens the staging cluster, as its superuser, for writing. */
  target(dial: Dial, credentials: Credentials, signal: AbortSignal): Promise<Target>
}

export interface Address {
  readonly host: string
  readonly port: number
}

/** Every kind, by name. */
export type StoreKinds = ServerKinds & Readonly<Record<MountedKindName, MountedKind>>

/** Those of which a sandbox runs a server. */
export type ServerKinds = Readonly<Record<ServerKind, StoreKind | EntryKind>>

export type Dial = (signal: AbortSignal) => Promise<Duplex>

export interface OpenRequest {
  /** The name in stuntdouble.yaml; stands in messages. */
  readonly name: string
  /** Of files, the directory. */
  readonly url: string
  /** Bytes and entries that are copied and looked at, at most. */
  readonly most?: { readonly bytes: number; readonly entries: number }
  /** All but the system’s when left out. */
  readonly schemas?: readonly string[]
  /** Where the copy’s sequences go on: behind its own greatest values, or where the source’s stand. */
  readonly sequences?: 'fitted' | 'exact'
  /** For rows, at most; one more holds the snapshot. Two when left out. */
  readonly connections?: number
}

export interface Credentials {
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface StagingRequest {
  readonly name: string
  readonly image: string
  readonly volume: string
  readonly memoryBytes: number
  /** The superuser’s, for the build alone; sealed clusters refuse it. */
  readonly credentials: Credentials
}

/** How a cluster reads and sorts text. */
export interface Locale {
  readonly encoding: string
  readonly collation: string
}

export interface ContainerRequest {
  readonly name: string
  readonly image: string
  readonly mount: Mount
  /** On the pod’s loopback, which its containers share. */
  readonly port: number
  readonly cpus: number
  readonly memoryBytes: number
  readonly pids: number
}

/** A production store, opened. Only ever read. Disposal, once or twice, ends its transaction and connections. */
export interface Source extends AsyncDisposable, Locale {
  readonly version: number
  /** host:port/database */
  readonly address: string
  readonly database: string
  /** Tables whose rows are copied: ordinary ones and leaf partitions, in a stable order. */
  readonly tables: readonly TableShape[]
  readonly schema: SchemaScript
  /** Up to `limit` values of each column of a table, in COPY text form. Held in memory only. */
  sample(tables: readonly TableShape[], limit: number, signal: AbortSignal): Promise<Samples>
  count(table: TableRef, signal: AbortSignal): Promise<number>
  /** The table’s rows in COPY text format, in the given column order. */
  read(table: TablePart, columns: readonly string[], signal: AbortSignal): Promise<Readable>
  /** A few rows as `read` gives them; none that is very large. */
  peek?(peek: Peek, signal: AbortSignal): Promise<Buffer>
  /**
   * Cuts a large table into parts, `most` at most, that together hold each of its rows once. Absent
   * where tables are only read whole.
   */
  parts?(table: TableRef, most: number, signal: AbortSignal): Promise<readonly TablePart[]>
  /**
   * Chooses a part of its rows that is whole in itself: every foreign key that holds here holds there.
   * Copies nothing. Throws `config_invalid` where the subset does not fit the source. Absent where
   * tables are only copied whole.
   */
  subset?(request: SubsetRequest, signal: AbortSignal): Promise<SourceSubset>
  /** How long the transaction that everything is read in is open, and what it holds back over there. */
  horizon?(signal: AbortSignal): Promise<Horizon>
}

export interface SubsetRequest {
  readonly subset: Subset
  /** Told what is looked for, in words. */
  tell(what: string): void
}

export interface SourceSubset {
  /** The chosen rows alone, on the same snapshot. Disposing either disposes both. */
  readonly source: Source
  readonly tables: readonly PlannedTable[]
}

/** A table, or a stretch of it. */
export interface TablePart extends TableRef {
  /** These rows of the snapshot alone, by numbers of the kind’s own, ascending. */
  readonly rows?: Float64Array
  /** From one page up to, but not including, another; open where null. */
  readonly pages?: { readonly from: number; readonly to: number | null }
}

/** What an open transaction costs a busy server: no row that died since can be cleaned up. */
export interface Horizon {
  readonly seconds: number
  /** That began since. */
  readonly transactions: number
}

export interface Peek {
  readonly table: TableRef
  readonly columns: readonly string[]
  readonly limit: number
}

/** The schema as statements of ours, in dependency order, from an allow-list of object kinds. */
export interface SchemaScript {
  /** Types, functions, sequences, tables. */
  readonly beforeData: readonly SchemaStatement[]
  /** Sequence positions, keys, indexes, foreign keys, views, triggers, policies, materialized views. */
  readonly afterData: readonly SchemaStatement[]
  /** What was left out, and why. */
  readonly findings: readonly Finding[]
  /** Over names, types and keys: changes whenever a column appears, goes or changes its type. */
  readonly fingerprint: string
  /** Foreign keys the source never checked, as `schema.table.constraint`: not checked in the copy either. */
  readonly unvalidatedForeignKeys: readonly string[]
  /** Checks that the source’s rows keep to. */
  readonly checks?: readonly TableCheck[]
}

export interface TableCheck {
  readonly table: TableRef
  readonly name: string
  readonly columns: readonly string[]
  /** In the store’s own language; true or unknown where it holds. */
  readonly expression: string
}

/** Masked rows to be tried out, in COPY text format. */
export interface Rehearsal {
  readonly table: TableRef
  readonly columns: readonly string[]
  readonly rows: Buffer
  readonly checks: readonly TableCheck[]
}

export interface SchemaStatement {
  /** Such as `table public.customer`; stands in errors and progress. */
  readonly what: string
  readonly sql: string
  /** Run by the build’s superuser. Never anything whose text the source wrote. */
  readonly privileged?: true
}

/** The staging cluster during a build. */
export interface Target extends AsyncDisposable {
  /** Major version of the server that was staged. */
  readonly version?: number
  run(statement: SchemaStatement, signal: AbortSignal): Promise<void>
  /**
   * Takes rows as bytes of COPY text format. A table that comes `whole`, in one stream, may be written
   * in a cheaper way: what it held before is gone.
   */
  write(table: WrittenTable, columns: readonly string[], signal: AbortSignal): Promise<TableWriter>
  /** Tries rows out after the tables are made, keeps none, and names the checks that some row breaks. */
  rehearse?(rehearsal: Rehearsal, signal: AbortSignal): Promise<readonly string[]>
  count(table: TableRef, signal: AbortSignal): Promise<number>
  /** What was written, in COPY text format, in the given column order: for the checks before the seal. */
  read(table: TableRef, columns: readonly string[], signal: AbortSignal): Promise<Readable>
  /** Foreign keys that are not validated, as `schema.table.constraint`. */
  unvalidatedForeignKeys(signal: AbortSignal): Promise<readonly string[]>
  /** Leaves nothing in the server’s memory that is not in its files. */
  writeOut(signal: AbortSignal): Promise<void>
  /** Makes the sandbox’s role, gives it everything, analyzes, removes the build’s superuser access. */
  finish(role: Credentials, signal: AbortSignal): Promise<void>
  sizeBytes(signal: AbortSignal): Promise<number>
}

export interface WrittenTable extends TableRef {
  readonly whole?: boolean
}

export interface TableWriter {
  readonly stream: Writable
  /** Rows taken; rejects with the server’s complaint, stripped of row contents. */
  readonly done: Promise<number>
}
