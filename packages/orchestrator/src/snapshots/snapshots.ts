import type {
  OnProgress,
  Review,
  Snapshot,
  SnapshotDetail,
  SnapshotPlan,
  SourceKind,
  SourceView,
} from '@stuntdouble/sdk/wire'
import type { Credentials } from '../sources/sources.ts'

/** Sealed, masked, verified copies of sources. What a build is doing is known to this process only. */
export interface Snapshots {
  /**
   * Builds and seals a snapshot of a configured source. A failed or aborted build leaves nothing
   * behind. Throws `source_not_found`, `source_*`, `policy_unanswered` (naming every column),
   * `snapshot_failed`, `disk_full`, and `conflict` while another build of that source runs.
   */
  build(source: string, onProgress: OnProgress, signal: AbortSignal): Promise<Snapshot>
  /** Newest first. */
  list(): readonly Snapshot[]
  /** The configured sources, by name. */
  sources(): readonly SourceView[]
  /** Throws `snapshot_not_found`. */
  show(id: string): SnapshotDetail
  /** Throws `snapshot_in_use` while a sandbox runs on it. */
  remove(id: string, signal: AbortSignal): Promise<void>
  /** What a sandbox needs of a snapshot: the one named, else the newest sealed of the source. Throws `snapshot_not_found` with the command that builds one. */
  sealed(request: { readonly source: string; readonly snapshot?: string }): SealedSnapshot
  /** Proposes a masking policy; writes it when there is none, or when `update` is asked for. */
  review(source: string, update: boolean, signal: AbortSignal): Promise<Review>
  /** What a build would copy of a source: why and how much of each table. Copies nothing. */
  plan(source: string, onProgress: OnProgress, signal: AbortSignal): Promise<SnapshotPlan>
  /** Removes what builds of a process that died left behind. Called once, at start. */
  recover(signal: AbortSignal): Promise<void>
  /**
   * Rebuilds what `refresh:` says is due, and removes what `retain:` no longer keeps and nothing runs
   * on. Called again and again; a failure of a build is stored and tried again later.
   */
  refresh(signal: AbortSignal): Promise<void>
  /** Whether a build runs now. */
  readonly building: boolean
}

export interface SealedSnapshot {
  readonly id: string
  readonly source: string
  readonly kind: SourceKind
  readonly version: number
  readonly image: string
  /** In the engine’s `Volumes`. */
  readonly volume: string
  /** Of the sandbox’s role, the same in every clone. */
  readonly credentials: Credentials
}
