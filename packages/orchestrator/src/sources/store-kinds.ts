import { postgresKind } from './postgres/postgres.ts'
import type { StoreKind } from './sources.ts'

/** Every kind of store that can be a source, by the `kind` in stuntdouble.yaml. */
export const storeKinds: Readonly<Record<StoreKind['kind'], StoreKind>> = {
  postgres: postgresKind,
}
