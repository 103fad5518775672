import type { Blueprint, EndReason, Problem, SandboxState, ServerKind } from '@stuntdouble/sdk/wire'
import type { Resource } from '../engine/engine.ts'
import type { Credentials } from '../sources/sources.ts'

/** A sandbox as the journal knows it: what is wanted, and how far it came. Times in epoch milliseconds. */
export interface Sandbox {
  readonly id: string
  readonly state: Exclude<SandboxState, 'paused' | 'rolling_back'>
  readonly blueprint: Blueprint
  readonly databases: readonly SandboxDatabase[]
  readonly files: readonly SandboxFiles[]
  /** An uploaded workspace to unpack, until that is done. */
  readonly workspace: string | null
  readonly createdAt: number
  /** The hard end. */
  readonly expiresAt: number
  readonly idleMs: number
  readonly activeAt: number
  /** Set once an end is decided; the first reason stays. */
  readonly endReason: EndReason | null
  readonly endedAt: number | null
  /** The end of which was warned last. */
  readonly warnedOf: number | null
  /** When its pre-stop command was begun, or forgone; it is begun once. */
  readonly preStopAt: number | null
  readonly problem: Problem | null
  /** The checkpoint whose copy it is to begin as, until it is ready. */
  readonly forkOf: string | null
  /** The checkpoint it is on its way back to. */
  readonly rollback: string | null
  /** When its processes were stopped; null while they run. */
  readonly pausedAt: number | null
  /** Everything that was ever seen of it on the engine. */
  readonly inventory: readonly Resource[]
  /** What it is kept ready for; null once somebody has it. */
  readonly pool: string | null
  /** What its limits allow it in all. */
  readonly memoryBytes: number
}

/** Decided in peace: what runs inside may be told, and has a moment. */
export const isOrderly = (reason: EndReason) => ['down', 'expired', 'idle'].includes(reason)

export interface SandboxDatabase {
  /** Its host name inside. */
  readonly name: string
  readonly kind: ServerKind
  readonly snapshot: string
  readonly source: string
  readonly image: string
  /** In `Volumes`. */
  readonly sealedVolume: string
  /** On the pod’s loopback. */
  readonly port: number
  readonly credentials: Credentials
  readonly url: string
}

/** A copy of a tree of files, mounted into the workspace’s container. */
export interface SandboxFiles {
  readonly name: string
  readonly snapshot: string
  readonly source: string
  /** In `Volumes`. */
  readonly sealedVolume: string
  /** Where it is mounted. */
  readonly path: string
}
