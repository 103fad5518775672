import type { LeakCoverage, SnapshotDetail } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { humanBytes, humanCount } from '../output/amounts.ts'
import { describePlan } from '../output/plan-text.ts'
import { printable } from '../output/printable.ts'
import { table } from '../output/table.ts'

export const addSnapshotShow: AddVerb = (parent, act) =>
  parent
    .command('show')
    .description('what is in a snapshot, and what was found while it was made')
    .argument('<snapshot>', 'a snapshot')
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
    `${humanBytes(sizeBytes)}\n\n${table(['TABLE', 'ROWS', 'MASKED'], rows)}\n${found.join('')}` +
    (snapshot.leakCheck ? coverage(snapshot.leakCheck) : '') +
    (snapshot.plan ? `\n${describePlan(snapshot.plan)}` : '')
  )
}

function coverage(checked: LeakCoverage): string {
  const { values, searched, tooShort, plain, tooCommon, sampledOneIn, bytes } = checked
  const count = humanCount
  return (
    `leak check: ${count(values)} masked values passed; ${count(searched)} distinct ones were looked for in ` +
    `${humanBytes(bytes)} of columns and files.\n` +
    `  left out: ${count(tooShort)} shorter than six bytes, ${count(plain)} numbers, dates and monotonous ones; ` +
    `${count(tooCommon)} are too common to stop a seal.\n` +
    (sampledOneIn > 1
      ? `  there were too many for memory: one in ${sampledOneIn} was looked for.\n`
      : '')
  )
}
