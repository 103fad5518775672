import type { Snapshot, SnapshotDetail } from '@stuntdouble/sdk/wire'
import { detailOf, snapshotOf } from './manifest.ts'
import type { SnapshotRow } from './store.ts'

/** A snapshot as it is shown: by its manifest once it is sealed, by its journal row before. */
export function viewOf(row: SnapshotRow): Snapshot {
  if (row.state === 'sealed' && row.sealed) return snapshotOf(row.sealed.manifest)
  const { id, source, kind, state, version, image, database } = row
  return {
    ...{ id, source, kind, state, version, image, database },
    ...{ rows: 0, tables: 0, masked: 0, sizeBytes: 0, findings: [] },
    startedAt: new Date(row.startedAt).toISOString(),
    sealedAt: null,
  }
}

export function detailViewOf(row: SnapshotRow): SnapshotDetail {
  if (row.state === 'sealed' && row.sealed)
    return detailOf(row.sealed.manifest, row.sealed.signature)
  const unknown = { schemaFingerprint: '', policyDigest: '', signature: '' }
  return { ...viewOf(row), tablesDetail: [], ...unknown }
}
