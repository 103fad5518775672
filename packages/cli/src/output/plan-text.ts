import type { SnapshotPlan } from '@stuntdouble/sdk/wire'
import { humanCount, plural } from './amounts.ts'
import { printable } from './printable.ts'
import { table } from './table.ts'

/** What is copied of each table and why; tables that come with rows first. */
export function describePlan({ source, subset, rows, of, tables }: SnapshotPlan): string {
  const lines = tables
    .toSorted((left, right) => Number(right.rows > 0) - Number(left.rows > 0))
    .map((each) => [
      printable(each.table),
      humanCount(each.rows),
      `~${humanCount(each.of)}`,
      each.cut > 0 ? humanCount(each.cut) : '-',
      printable(each.why.join('; ')).replaceAll('\n', ' '),
    ])
  const what = subset ? 'a part' : 'all'
  return (
    `${table(['TABLE', 'ROWS', 'OF', 'CUT', 'BECAUSE'], lines)}` +
    `${what} of ${source}: ${plural(rows, 'row')} of about ${humanCount(of)} in ${plural(tables.length, 'table')}.\n`
  )
}
