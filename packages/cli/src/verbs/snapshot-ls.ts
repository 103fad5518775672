import type { AddVerb, Call } from '../call.ts'
import { humanBytes, humanCount } from '../output/amounts.ts'
import { table } from '../output/table.ts'

export const addSnapshotLs: AddVerb = (parent, act) =>
  parent.command('ls').description('list the snapshots').action(act(ls))

async function ls({ control, print }: Call) {
  const snapshots = await (await control()).listSnapshots()
  const rows = snapshots.map((snapshot) => [
    snapshot.id,
    snapshot.source,
    snapshot.state,
    humanCount(snapshot.rows),
    humanCount(snapshot.tables),
    humanCount(snapshot.masked),
    humanBytes(snapshot.sizeBytes),
    snapshot.sealedAt ?? '-',
  ])
  const none = 'No snapshot yet. `sandbox snapshot build` makes one.\n'
  print({ snapshots }, rows.length === 0 ? none : table(head, rows))
}

const head = ['ID', 'SOURCE', 'STATE', 'ROWS', 'TABLES', 'MASKED', 'SIZE', 'SEALED']
