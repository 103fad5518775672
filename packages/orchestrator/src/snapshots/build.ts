import type { Finding, OnProgress, SnapshotPlan } from '@stuntdouble/sdk/wire'
import type { LoadedSource } from '../config/config.ts'
import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import type { Registered } from '../secrets/secrets.ts'
import type { EntryKind, MountedKind, Source, StoreKind } from '../sources/sources.ts'
import type { Answers } from './answers.ts'
import type { ManifestSigner } from './manifest.ts'
import type { Phases } from './phases.ts'
import type { SnapshotStore } from './store.ts'

/** What a build is made with. */
export interface BuildParts<Kind extends StoreKind | EntryKind | MountedKind = StoreKind> {
  readonly engine: Engine
  readonly kind: Kind
  readonly store: SnapshotStore
  readonly clock: Clock
  readonly signer: ManifestSigner
  readonly maskingKey: Buffer
  /** What must not stand in the copy. */
  readonly registered: Registered
  /** The configuration the source stands in: an equally named one of another is another source. */
  readonly origin: string
}

export interface BuildRequest {
  readonly source: LoadedSource
  readonly onProgress: OnProgress
}

/** One build, once it is known that it may be made. */
export interface Build extends BuildParts {
  readonly id: string
  readonly source: Source
  readonly configured: LoadedSource
  readonly answers: Answers
  /** Of a subset. */
  readonly plan: SnapshotPlan | undefined
  /** What looking at a sample gave rise to. */
  readonly noticed: readonly Finding[]
  readonly image: string
  readonly startedAt: number
  readonly phases: Phases
  readonly onProgress: OnProgress
}
