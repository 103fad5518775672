import type { Isolation } from '@stuntdouble/sdk/wire'

export type PodKind = 'sandbox' | 'staging'

export interface PodSpec {
  /** The sandbox's id, or a snapshot build's. DNS-safe. */
  readonly id: string
  readonly kind: PodKind
  /** The gate ends the pod at this moment. */
  readonly deadline: Date
  /** Names that resolve to 127.0.0.1 inside, such as `db`. */
  readonly hosts: readonly string[]
  readonly containers: readonly ContainerSpec[]
}

export interface ContainerSpec {
  /** Unique in the pod: `workspace`, `db`, … */
  readonly name: string
  readonly image: string
  /** argv; replaces the image's entrypoint and command. */
  readonly command: readonly string[]
  readonly uid: number
  readonly gid: number
  readonly env: Readonly<Record<string, string>>
  readonly workingDirectory: string
  readonly limits: ContainerLimits
  readonly mounts: readonly Mount[]
  /** The root is read-only; these are the writable places beside the mounts. Charged to memory. */
  readonly tmpfs: readonly Tmpfs[]
  /**
   * `runc` when left out. Any other puts a second kernel in front of the machine’s, keeps the pod’s
   * deadline by itself, and is refused with `policy_refused` where the engine lacks it. The image then
   * has sh, date and sleep, and nobody’s command runs as the container’s own user, who could stop its
   * clock. At its bound of processes the container ends.
   */
  readonly isolation?: Isolation
  /**
   * Whose commands run here: one is made ready for while the pod starts, so that none waits for it. One
   * that is not there says so on its error output, and ends with 127. The image has sh.
   */
  readonly commandsBy?: { readonly uid: number; readonly gid: number }
}

export interface ContainerLimits {
  readonly cpus: number
  /** Swap is never added. */
  readonly memoryBytes: number
  readonly pids: number
  /** /dev/shm */
  readonly shmBytes: number
  /** The size of any one file; what the volume holds when left out. */
  readonly fileBytes?: number
}

export interface Mount {
  /** A volume's name in `Volumes`. */
  readonly volume: string
  readonly path: string
  readonly readOnly: boolean
}

export interface Tmpfs {
  readonly path: string
  readonly sizeBytes: number
  readonly inodes: number
  readonly uid: number
  readonly gid: number
  /** Octal, such as 0o700. */
  readonly mode: number
}
