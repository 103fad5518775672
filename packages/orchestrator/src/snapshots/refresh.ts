import type { SandboxError } from '@stuntdouble/sdk/errors'
import type { LoadedSource } from '../config/config.ts'
import type { Clock } from '../lib/clock.ts'
import { asSandboxError } from '../lib/progress-response.ts'
import { refreshDueAt } from './refresh-due.ts'
import type { SnapshotStore } from './store.ts'

export interface RefreshParts {
  readonly store: SnapshotStore
  readonly clock: Clock
  readonly origin: string
  readonly sources: readonly LoadedSource[]
  build(source: string, signal: AbortSignal): Promise<unknown>
  remove(id: string, signal: AbortSignal): Promise<void>
  /** Snapshots that something runs on. */
  inUse(signal: AbortSignal): Promise<ReadonlySet<string>>
  /** Told in words that hold no value of a source. */
  onFailure(source: string, failure: SandboxError): void
}

/**
 * Builds what is due, one source after the other, and removes what is no longer retained. Asks what
 * is stored each time, so a restart, a missed hour and a build by hand need nothing of their own.
 */
export async function refreshSources(parts: RefreshParts, signal: AbortSignal): Promise<void> {
  for (const source of parts.sources) {
    if (signal.aborted) return
    if (isDue(parts, source)) await rebuild(parts, source, signal)
    await retain(parts, source, signal)
  }
}

function isDue({ store, origin, clock }: RefreshParts, source: LoadedSource): boolean {
  if (source.refreshMs === undefined) return false
  const dueAt = refreshDueAt(store.builds(origin, source.name), source.refreshMs)
  return dueAt !== undefined && dueAt <= clock()
}

async function rebuild(parts: RefreshParts, { name }: LoadedSource, signal: AbortSignal) {
  const { store, origin } = parts
  try {
    await parts.build(name, signal)
  } catch (cause) {
    const failure = asSandboxError(cause)
    // Somebody builds it by hand, or we are stopping: neither says anything about the source.
    if (failure.code === 'conflict' || signal.aborted) return
    store.refreshFailed(origin, name, failure.code)
    parts.onFailure(name, failure)
  }
}

/** Who chose the newest a moment ago may still be about to use it. */
const graceMs = 60_000

/** The newest stay. One that a sandbox runs on is let go at a later look. */
async function retain(parts: RefreshParts, source: LoadedSource, signal: AbortSignal) {
  if (source.retain === undefined) return
  const sealed = parts.store.sealed(parts.origin, source.name)
  const newestSealedAt = Date.parse(sealed[0]?.sealed?.manifest.sealedAt ?? '')
  const superseded = sealed.slice(source.retain)
  if (superseded.length === 0 || parts.clock() - newestSealedAt < graceMs) return
  const inUse = await parts.inUse(signal)
  for (const { id } of superseded) if (!inUse.has(id)) await parts.remove(id, signal)
}
