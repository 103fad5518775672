import type { SandboxError } from '@stuntdouble/sdk/errors'
import type { OperatorConfig } from '@stuntdouble/sdk/wire'
import type { Canaries } from '../canaries/canaries.ts'
import type { Capabilities } from '../capabilities/capabilities.ts'
import type { Commands } from '../doors/doors.ts'
import type { Egress } from '../egress/egress.ts'
import type { Engine } from '../engine/engine.ts'
import type { Installation } from '../installation/installation.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Recorder } from '../recorder/recorder.ts'
import type { ImageScans, Secrets } from '../secrets/secrets.ts'
import type { Snapshots } from '../snapshots/snapshots.ts'
import type { ServerKinds } from '../sources/sources.ts'
import type { Storage } from '../storage/storage.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import type { Attachments } from './attachments.ts'
import type { CheckpointStore } from './checkpoints/store.ts'
import type { DiskUse } from './disk-bound.ts'
import type { LimitWatch } from './limit-watch.ts'
import type { Starter } from './starter.ts'
import type { SandboxStore } from './store.ts'

/** What every part of the lifecycle works with. */
export interface Desk {
  readonly store: SandboxStore
  readonly storage: Storage
  readonly engine: Engine
  readonly starter: Starter
  readonly attachments: Attachments
  readonly egress: Egress
  readonly canaries: Pick<Canaries, 'plant' | 'watch'>
  readonly imageScans: ImageScans
  readonly secrets: Pick<Secrets, 'scan'>
  readonly recorder: Recorder
  readonly capabilities: Capabilities
  readonly snapshots: Pick<Snapshots, 'sealed'>
  readonly workspaces: Workspaces
  readonly commands: Pick<Commands, 'run'>
  readonly kinds: ServerKinds
  readonly limits: OperatorConfig['limits']
  readonly installation: Pick<Installation, 'id' | 'signer'>
  readonly clock: Clock
  readonly log: Log
  /** The hand-over URL of a token. */
  readonly urlOf: (token: string) => string
  /** Called when a receipt is written. */
  readonly onEnded: (id: string) => void
  /** Closes what is open through any door of a sandbox; its end is the reason when none is given. */
  readonly cutUses: (id: string, why?: SandboxError) => void
  readonly limitWatch: LimitWatch
  readonly checkpointStore: CheckpointStore
  /** What each sandbox’s volumes held when they were last measured. */
  readonly diskUses: Map<string, DiskUse>
  readonly reconcile: (id: string) => Promise<void>
}
