import type { AddVerb } from '../call.ts'
import { addSnapshotBuild } from './snapshot-build.ts'
import { addSnapshotLs } from './snapshot-ls.ts'
import { addSnapshotRm } from './snapshot-rm.ts'
import { addSnapshotShow } from './snapshot-show.ts'

export const addSnapshot: AddVerb = (parent, act) => {
  const snapshot = parent
    .command('snapshot')
    .description('anonymized copies of sources, from which sandboxes get their data')
  for (const add of [addSnapshotBuild, addSnapshotLs, addSnapshotShow, addSnapshotRm]) {
    add(snapshot, act)
  }
}
