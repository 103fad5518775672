import type { Snapshot, SourceKind } from '@stuntdouble/sdk/wire'
import type { BuildParts } from './build.ts'
import { clearAway } from './clear-away.ts'

export interface Journalled extends Pick<BuildParts, 'store' | 'engine' | 'origin'> {
  readonly id: string
  readonly image: string
  readonly startedAt: number
  readonly kind: { readonly kind: SourceKind }
  readonly configured: { readonly name: string }
  readonly source: { readonly version: number; readonly database: string }
}

/** Written down before anything is made, and taken back with all that was made when it fails. */
export async function journalled(
  build: Journalled,
  make: () => Promise<Snapshot>,
): Promise<Snapshot> {
  const { store, engine, id, origin, image, startedAt, configured } = build
  const { kind } = build.kind
  const { version, database } = build.source
  store.insert({ id, origin, source: configured.name, kind, version, image, database, startedAt })
  try {
    return await make()
  } catch (cause) {
    store.fail(id)
    await clearAway(engine, id).then(
      () => store.delete(id),
      // The row stays, and with it what is to be cleared away at the next start.
      () => {},
    )
    throw cause
  }
}
