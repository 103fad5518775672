/** Places for data that outlive a container. Names are ours, unique, `[a-z0-9-]+`. */
export interface Volumes {
  /** An empty writable volume that belongs to a pod (destroyed with it). Idempotent. */
  create(volume: VolumeSpec, signal: AbortSignal): Promise<void>
  /**
   * A writable copy of a sealed volume, its cost independent of the size where `copyOnWrite`. The
   * original must stay sealed for as long as the copy lives. Idempotent.
   */
  clone(sealed: string, volume: VolumeSpec, signal: AbortSignal): Promise<void>
  /**
   * Keeps what volumes of one pod hold of their own now, under further names that belong to the pod as
   * well and are mounted by nobody. Its cost follows what was changed, not what the original holds.
   * Fails as a whole and leaves no copy then. Who writes meanwhile is held still by `Engine.checkpoint`.
   */
  checkpoint(copies: readonly VolumeCopy[], signal: AbortSignal): Promise<void>
  /**
   * Puts a volume back to what a checkpoint of it holds, which stays. Idempotent. What takes time is
   * done at once, the volume is touched when `unmounted` resolves, and not at all when that rejects.
   */
  restore(copy: VolumeCopy, unmounted: Promise<unknown>, signal: AbortSignal): Promise<void>
  /**
   * A writable volume, of any pod, that begins as a checkpoint. One that is there stays as it is. A
   * sealed volume below them must stay sealed, as with `clone`.
   */
  fork(checkpoint: string, volume: VolumeSpec, signal: AbortSignal): Promise<void>
  /** Turns a pod's volume, unmounted by now, into an immutable one under a new name, owned by no pod. */
  seal(volume: string, as: string, signal: AbortSignal): Promise<void>
  /** Content when it is not there. Refused with `snapshot_in_use` while clones of it exist. */
  remove(volume: string, signal: AbortSignal): Promise<void>
  list(signal: AbortSignal): Promise<readonly VolumeStatus[]>
  usage(signal: AbortSignal): Promise<PoolUsage>
  /**
   * What these volumes hold; one that is not there holds nothing. Walks every file, beside all other
   * work on volumes. Files that were deleted and are still open are not seen: see `heldOpen`.
   */
  measure(volumes: readonly string[], signal: AbortSignal): Promise<readonly VolumeUse[]>
}

export interface VolumeSpec {
  readonly name: string
  /** The pod it belongs to. */
  readonly pod: string
  readonly uid: number
  readonly gid: number
  /** Of the volume's root, such as 0o700. */
  readonly mode: number
}

export interface VolumeCopy {
  readonly volume: string
  /** A volume's name. */
  readonly as: string
}

export interface VolumeStatus {
  readonly name: string
  /** Null for a sealed volume. */
  readonly pod: string | null
  /** The sealed volume this one is a copy of. */
  readonly of: string | null
}

export interface VolumeUse {
  readonly name: string
  /**
   * Blocks on disk. Of a copy what it holds of its own beyond the size of its original, which it may
   * rewrite in full. Infinite where counting took too long.
   */
  readonly bytes: number
  /** Files, directories and links, counted like `bytes`. */
  readonly inodes: number
}

export interface PoolUsage {
  /** `reflink`: XFS in a loop file, clones share blocks. `directory`: plain overlay, first writes copy whole files. */
  readonly kind: 'reflink' | 'directory'
  readonly sizeBytes: number
  readonly freeBytes: number
  readonly freeInodes: number
  /** Why it is not `reflink`, in a sentence; null when it is. */
  readonly reason: string | null
}
