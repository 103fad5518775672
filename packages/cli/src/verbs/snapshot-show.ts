import type { SnapshotDetail } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { humanBytes, humanCount } from '../output/amounts.ts'
import { printable } from '../output/printable.ts'
import { table } from '../output/table.ts'

export const addSnapshotShow: AddVerb = (parent, act) =>
  parent
    .command('show')
    .description('what is in a snapshot, and what was found while it was made')
    .argument('<id>', 'a snapshot')
    .action(act(show))

async function show({ control, operands: [id = ''], print }: Call) {
  const snapshot = await (await control()).snapshot(id)
  print(snapshot, describe(snapshot))
}

function describe(snapshot: SnapshotDetail): string {
  const { id, source, state, version, sealedAt, sizeBytes, tablesDetail, findings } = snapshot
  const rows = tablesDetail.map(({ table, rows, maskedColumns }) => [
    table,
    humanCount(rows),
    maskedColumns.join(', ') || '-',
  ])
  const found = findings.map(
    ({ severity, where, message }) => `${severity}: ${printable(where)}: ${printable(message)}\n`,
  )
  return (
    `${id} of ${source}, PostgreSQL ${version}, ${state}${sealedAt ? ` ${sealedAt}` : ''}, ` +
    `${humanBytes(sizeBytes)}\n\n${table(['TABLE', 'ROWS', 'MASKED'], rows)}\n${found.join('')}`
  )
}
