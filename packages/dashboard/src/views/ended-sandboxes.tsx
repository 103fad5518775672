import type { EndReason, SandboxView } from '@stuntdouble/sdk/wire'
import { formatCount } from '../format/quantity.ts'
import { sandboxLink } from '../route/route.ts'
import { CleanBadge } from './badge.tsx'
import { Moment } from './moment.tsx'
import { DataOf } from './running-sandboxes.tsx'
import { type Column, Table } from './table.tsx'

export const endReasons: Record<EndReason, string> = {
  down: 'ended on request',
  expired: 'lease ended',
  idle: 'idle for too long',
  failed: 'creation failed',
  died: 'died',
}

const columns: readonly Column<SandboxView>[] = [
  { title: 'Sandbox', cell: ({ id }) => <a href={sandboxLink(id)}>{id}</a>, kind: 'code' },
  { title: 'Receipt', cell: ({ clean }) => <CleanBadge clean={clean} /> },
  { title: 'Ended', cell: ({ endedAt }) => endedAt && <Moment at={endedAt} /> },
  { title: 'Why', cell: ({ endReason }) => endReason && endReasons[endReason] },
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
