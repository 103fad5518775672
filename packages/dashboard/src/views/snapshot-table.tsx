import type { Finding, Snapshot } from '@stuntdouble/sdk/wire'
import { harmless } from '../format/harmless.ts'
import { formatBytes, formatCount, plural } from '../format/quantity.ts'
import { StateBadge } from './badge.tsx'
import { CommandHint } from './command-hint.tsx'
import { Moment } from './moment.tsx'
import { type Column, Table } from './table.tsx'

const columns: readonly Column<Snapshot>[] = [
  { title: 'Source', cell: (snapshot) => <SourceOf snapshot={snapshot} /> },
  { title: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  { title: 'Rows', cell: ({ rows }) => formatCount(rows), kind: 'number' },
  { title: 'Tables', cell: ({ tables }) => formatCount(tables), kind: 'number' },
  { title: 'Masked columns', cell: ({ masked }) => formatCount(masked), kind: 'number' },
  {
    title: 'Size',
    cell: ({ sizeBytes }) => (sizeBytes > 0 ? formatBytes(sizeBytes) : '—'),
    kind: 'number',
  },
  { title: 'Sealed', cell: ({ sealedAt }) => (sealedAt ? <Moment at={sealedAt} /> : '—') },
  { title: 'Findings', cell: (snapshot) => <Findings snapshot={snapshot} /> },
]

export function SnapshotTable({ snapshots }: { snapshots: readonly Snapshot[] }) {
  if (snapshots.length === 0) return <NoSnapshots />
  return <Table label="Snapshots" columns={columns} rows={snapshots} />
}

function SourceOf({ snapshot }: { snapshot: Snapshot }) {
  return (
    <>
      <strong>{snapshot.source}</strong>
      <br />
      <code class="quiet">{snapshot.id}</code>
    </>
  )
}

function Findings({ snapshot: { findings } }: { snapshot: Snapshot }) {
  if (findings.length === 0) return <span class="quiet">none</span>
  const warnings = findings.filter(({ severity }) => severity === 'warning').length
  return (
    <details class="findings">
      <summary class={warnings > 0 ? 'warn' : undefined}>
        {plural(findings.length, 'finding')}
      </summary>
      <ul>
        {findings.map((finding) => (
          <FindingLine key={`${finding.where} ${finding.message}`} finding={finding} />
        ))}
      </ul>
    </details>
  )
}

function FindingLine({ finding }: { finding: Finding }) {
  return (
    <li>
      {finding.severity === 'warning' && <span class="badge warn">Warning</span>}{' '}
      <code>{harmless(finding.where)}</code> {harmless(finding.message)}
    </li>
  )
}

function NoSnapshots() {
  return (
    <div class="empty">
      <p>
        <strong>No snapshot yet.</strong> A snapshot is a masked copy of a source in{' '}
        <code>stuntdouble.yaml</code>. Review what is masked, then build it:
      </p>
      <CommandHint command="sandbox data review" />
      <CommandHint command="sandbox snapshot build" />
    </div>
  )
}
