import type { SandboxView } from '@stuntdouble/sdk/wire'
import { sandboxLink } from '../route/route.ts'
import { StateBadge } from './badge.tsx'
import { CommandHint } from './command-hint.tsx'
import { Moment } from './moment.tsx'
import { type Column, Table } from './table.tsx'
import { TimeLeft } from './time-left.tsx'

const columns: readonly Column<SandboxView>[] = [
  { title: 'Sandbox', cell: ({ id }) => <a href={sandboxLink(id)}>{id}</a>, kind: 'code' },
  { title: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  { title: 'Time left', cell: (sandbox) => <Left sandbox={sandbox} /> },
  { title: 'Data', cell: (sandbox) => <DataOf sandbox={sandbox} /> },
  { title: 'Image', cell: ({ image }) => image, kind: 'code' },
  { title: 'Created', cell: ({ createdAt }) => <Moment at={createdAt} /> },
]

export function RunningSandboxes({ sandboxes }: { sandboxes: readonly SandboxView[] }) {
  if (sandboxes.length === 0) return <NoSandboxes />
  return <Table label="Running sandboxes" columns={columns} rows={sandboxes} />
}

function Left({ sandbox }: { sandbox: SandboxView }) {
  return sandbox.state === 'ending' ? <span class="quiet">—</span> : <TimeLeft sandbox={sandbox} />
}

/** Which production it doubles. */
export function DataOf({ sandbox }: { sandbox: SandboxView }) {
  const databases = Object.entries(sandbox.databases)
  if (databases.length === 0) return <span class="quiet">none</span>
  return (
    <ul class="inline">
      {databases.map(([name, { source, snapshot }]) => (
        <li key={name}>
          {source} <code class="quiet">{snapshot}</code>
        </li>
      ))}
    </ul>
  )
}

function NoSandboxes() {
  return (
    <div class="empty">
      <p>
        <strong>No sandbox is running.</strong> Give a coding agent one, in a directory with a{' '}
        <code>sandbox.yaml</code> or without:
      </p>
      <CommandHint command="sandbox up" />
    </div>
  )
}
