import type { StagedServer } from '../sources/sources.ts'
import type { Build } from './build.ts'
import { serverDidNotStop } from './errors.ts'
import type { Staging } from './staging.ts'

export interface SealedCopy {
  readonly build: Pick<Build, 'engine' | 'id'> & {
    readonly kind: Pick<StagedServer, 'stopCommand'>
    readonly configured: { readonly name: string }
  }
  readonly staging: Staging
  readonly volume: string
}

/** A clean shutdown first: a clone must come up without replaying a log, and read-only once is for ever. */
export async function sealCopy(
  { build, staging, volume }: SealedCopy,
  signal: AbortSignal,
): Promise<void> {
  const { engine, id, kind, configured } = build
  const exitCode = await staging.stop(kind.stopCommand, signal)
  signal.throwIfAborted()
  if (exitCode !== 0) throw serverDidNotStop(configured.name, exitCode)
  await engine.volumes.seal(volume, id, signal)
  await engine.destroy(id, signal)
}
