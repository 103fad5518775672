import type { SandboxView } from '@stuntdouble/sdk/wire'
import { endReasonWords } from '../format/end-reason.ts'
import { formatCount } from '../format/quantity.ts'
import { sandboxLink } from '../route/route.ts'
import { CleanBadge } from './badge.tsx'
import { Moment } from './moment.tsx'
import { DataOf } from './running-sandboxes.tsx'
import { type Column, Table } from './table.tsx'

const columns: readonly Column<SandboxView>[] = [
  { title: 'Sandbox', cell: ({ id }) => <a href={sandboxLink(id)}>{id}</a>, kind: 'code' },
  { title: 'Receipt', cell: ({ clean }) => <CleanBadge clean={clean} /> },
  { title: 'Ended', cell: ({ endedAt }) => endedAt && <Moment at={endedAt} /> },
  { title: 'Why', cell: ({ endReason }) => endReasonWords(endReason) },
  { title: 'Data', cell: (sandbox) => <DataOf sandbox={sandbox} /> },
]

/** Folded away, but never hiding that something was left behind. */
export function EndedSandboxes({ sandboxes }: { sandboxes: readonly SandboxView[] }) {
  const unclean = sandboxes.filter(({ clean }) => clean === false).length
  return (
    <details class="ended">
      <summary>
        {formatCount(sandboxes.length)} ended{' '}
        {unclean > 0 && <span class="badge bad">{unclean} not clean</span>}
      </summary>
      <Table label="Ended sandboxes" columns={columns} rows={sandboxes} />
    </details>
  )
}
