import { existsSync } from 'node:fs'
import type { SourceView } from '@stuntdouble/sdk/wire'
import type { LoadedConfig, LoadedSource } from '../config/config.ts'
import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import type { Registered } from '../secrets/secrets.ts'
import type { StoreKinds } from '../sources/sources.ts'
import type { Storage } from '../storage/storage.ts'
import { buildSnapshot } from './build-snapshot.ts'
import { buildEntries } from './entries/entries.ts'
import { reviewEntries } from './entries/review-entries.ts'
import {
  alreadyBuilding,
  noSnapshotOf,
  snapshotNotFound,
  snapshotUnsearched,
  sourceNotFound,
  withoutTables,
} from './errors.ts'
import type { ManifestSigner } from './manifest.ts'
import { planSource } from './plan.ts'
import { recoverSnapshots } from './recover.ts'
import { type RefreshParts, refreshSources } from './refresh.ts'
import { refreshDueAt } from './refresh-due.ts'
import { removeSnapshot } from './remove.ts'
import { reviewSource } from './review.ts'
import type { SealedSnapshot, Snapshots } from './snapshots.ts'
import {
  createSnapshotStore,
  type OnSnapshotEvent,
  type SnapshotRow,
  type SnapshotStore,
} from './store.ts'
import { detailViewOf, viewOf } from './views.ts'

export interface SnapshotsOptions {
  readonly engine: Engine
  /** With `snapshotMigrations` applied. */
  readonly storage: Storage
  readonly kinds: StoreKinds
  readonly config: LoadedConfig
  /** 32 bytes; equal keys mask equal values alike, in every source and refresh. */
  readonly maskingKey: Buffer
  /** What no snapshot may hold. */
  readonly registered: Registered
  readonly signer: ManifestSigner
  readonly clock: Clock
  /** Hears of every change in the transaction that makes it. */
  readonly onEvent?: OnSnapshotEvent
  /** Ends what nobody uses and still holds a copy of one that is to be removed. */
  readonly release?: (snapshot: string) => Promise<void>
  /** Hears of rebuilds that were due and failed. */
  readonly onRefreshFailure?: RefreshParts['onFailure']
}

/** Disposal ends what is being built, and waits until it is cleared away. */
export function createSnapshots(options: SnapshotsOptions): Snapshots & AsyncDisposable {
  const { engine, storage, kinds, config, maskingKey, registered, signer, clock } = options
  const store = createSnapshotStore(storage, clock, options.onEvent)
  const origin = config.path ?? ''
  const { release = async () => {} } = options
  const underWay = new Map<string, Promise<unknown>>()
  const closing = new AbortController()
  const configured = (name: string) => configuredSource(config, name)
  const sources = Object.values(config.sources)

  const snapshots: Snapshots & AsyncDisposable = {
    async build(name, onProgress, signal) {
      const source = configured(name)
      if (underWay.has(name)) throw alreadyBuilding(name)
      const kind = kinds[source.kind]
      const parts = { engine, store, clock, signer, maskingKey, registered, origin }
      const until = AbortSignal.any([signal, closing.signal])
      const request = { source, onProgress }
      const building =
        kind.model === 'tables'
          ? buildSnapshot({ ...parts, kind }, request, until)
          : buildEntries({ ...parts, kind }, request, until)
      underWay.set(name, building)
      try {
        return await building
      } finally {
        underWay.delete(name)
      }
    },
    get building() {
      return underWay.size > 0
    },
    async review(name, update, signal) {
      const source = configured(name)
      const kind = kinds[source.kind]
      return kind.model === 'tables'
        ? reviewSource({ kind, source, update }, signal)
        : reviewEntries({ kind, source, update }, signal)
    },
    async plan(name, onProgress, signal) {
      const source = configured(name)
      const kind = kinds[source.kind]
      if (kind.model !== 'tables') throw withoutTables(name)
      return planSource({ kind, source, onProgress }, signal)
    },
    sources: () => sources.map((source) => sourceView(source, store.builds(origin, source.name))),
    list: () => store.list().map(viewOf),
    show: (id) => detailViewOf(known(store, id)),
    sealed: (request) => sealedOf(searched(options, sealedRow(store, { ...request, origin }))),
    remove: (id, signal) =>
      removeSnapshot({ engine, store, release, row: known(store, id) }, signal),
    recover: (signal) => recoverSnapshots({ engine, store }, signal),
    refresh: (signal) => refreshSources({ ...refreshing, sources }, signal),
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the orchestrator is stopping'))
      await Promise.allSettled(underWay.values())
    },
  }
  const refreshing = {
    ...{ store, clock, origin, remove: snapshots.remove },
    build: (name: string, signal: AbortSignal) => snapshots.build(name, () => {}, signal),
    inUse: async (signal: AbortSignal) =>
      new Set((await engine.volumes.list(signal)).flatMap(({ of }) => of ?? [])),
    onFailure: options.onRefreshFailure ?? (() => {}),
  }
  return snapshots
}

function configuredSource({ sources }: LoadedConfig, name: string): LoadedSource {
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined
  if (source === undefined) throw sourceNotFound(name, Object.keys(sources))
  return source
}

function sourceView(source: LoadedSource, builds: ReturnType<SnapshotStore['builds']>): SourceView {
  const { name, kind, address, stance, refreshMs, retain } = source
  const policyPath = stance === 'empty' ? null : source.policyPath
  const dueAt = refreshMs === undefined ? undefined : refreshDueAt(builds, refreshMs)
  return {
    ...{
      name,
      kind,
      address,
      policyPath,
      policyExists: policyPath !== null && existsSync(policyPath),
    },
    ...(retain !== undefined && { retain }),
    ...(refreshMs !== undefined && {
      refresh: {
        everySeconds: refreshMs / 1000,
        dueAt: dueAt === undefined ? null : new Date(dueAt).toISOString(),
        failures: builds.failures,
        lastFailure: builds.code ?? null,
      },
    }),
  }
}

function known(store: SnapshotStore, id: string): SnapshotRow {
  const row = store.get(id)
  if (row === undefined) throw snapshotNotFound(id)
  return row
}

interface Wanted {
  readonly source: string
  readonly snapshot?: string
  readonly origin: string
}

/** A snapshot named by its id must still be of this configuration's source: names alone are not unique. */
function sealedRow(store: SnapshotStore, { source, snapshot, origin }: Wanted): SnapshotRow {
  if (snapshot === undefined) {
    const newest = store.newest(origin, source)
    if (newest === undefined) throw noSnapshotOf(source)
    return newest
  }
  const row = store.get(snapshot)
  if (row?.state !== 'sealed' || row.source !== source || row.origin !== origin) {
    throw snapshotNotFound(snapshot)
  }
  return row
}

/** What was registered since may stand in it. Passwords of sources and keys of ours are not asked for. */
function searched({ config, registered }: SnapshotsOptions, row: SnapshotRow): SnapshotRow {
  const { id, source, sealed } = row
  const known = new Set(sealed?.manifest.searchedFor)
  const wanted = new Set(config.secrets.map(({ name }) => name))
  const missing = registered.digests.filter(
    ({ name, digest }) => wanted.has(name) && !known.has(digest),
  )
  if (missing.length === 0) return row
  throw snapshotUnsearched(
    id,
    source,
    missing.map(({ name }) => name),
  )
}

function sealedOf({ id, source, sealed }: SnapshotRow): SealedSnapshot {
  if (sealed === null) throw snapshotNotFound(id)
  const { kind, version, image } = sealed.manifest
  return { id, source, kind, version, image, volume: id, credentials: sealed.credentials }
}
