import type { OnProgress, SnapshotPlan } from '@stuntdouble/sdk/wire'
import type { LoadedSource } from '../config/config.ts'
import type { StoreKind } from '../sources/sources.ts'
import { planFailure } from './errors.ts'
import { openSource } from './open-source.ts'
import { planCopy } from './subset.ts'

export interface PlanRequest {
  readonly kind: StoreKind
  readonly source: LoadedSource
  readonly onProgress: OnProgress
}

/** What a build would copy: chosen as a build chooses, and then nothing is copied. */
export async function planSource(request: PlanRequest, signal: AbortSignal): Promise<SnapshotPlan> {
  const { kind, source: configured, onProgress } = request
  try {
    await using source = await openSource(kind, configured, signal)
    const tell = (what: string) => onProgress({ phase: 'choose', message: `Looking for ${what}` })
    return (await planCopy({ source, configured, tell }, signal)).plan
  } catch (cause) {
    throw planFailure(configured.name, cause)
  }
}
