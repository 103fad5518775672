import type { Welcome } from '@stuntdouble/sdk/wire'
import { useEffect } from 'preact/hooks'
import { useAction } from '../views/use-action.ts'
import { DatabasePanel } from './database-panel.tsx'
import { FilesPanel } from './files-panel.tsx'
import type { Inside } from './inside.ts'
import { ServersPanel } from './servers-panel.tsx'
import { type Panel, Tabs } from './tabs.tsx'
import { TerminalPanel } from './terminal-panel.tsx'
import { TimeLeft } from './time-left.tsx'

/** What a person can do from the address that the agent was given. */
export function SandboxPage({ inside }: { inside: Inside }) {
  const { told, tellAgain } = useWelcome(inside)
  return (
    <>
      {told && <TimeLeft {...told} />}
      <Tabs panels={panelsOf(inside, { told, onUse: tellAgain })} />
    </>
  )
}

interface Shared {
  readonly told: Welcome | undefined
  /** Called after each use: the idle end has moved. */
  readonly onUse: () => void
}

function panelsOf(inside: Inside, { told, onUse }: Shared): readonly Panel[] {
  const databases = Object.entries(told?.databases ?? {})
    .filter(([, { url }]) => !url.startsWith('redis'))
    .map(([name]) => name)
  return [
    { name: 'Terminal', view: <TerminalPanel inside={inside} onUse={onUse} /> },
    { name: 'Files', view: <FilesPanel inside={inside} onUse={onUse} /> },
    ...(databases.length > 0
      ? [{ name: 'Database', view: <DatabasePanel {...{ inside, onUse, databases }} /> }]
      : []),
    { name: 'Servers', view: <ServersPanel inside={inside} onUse={onUse} /> },
  ]
}

/** Asked once, and after what was a use anyway: a page that is left open keeps nothing alive. */
function useWelcome(inside: Inside) {
  const { run, answer } = useAction(inside.welcome)
  useEffect(run, [])
  return { told: answer, tellAgain: run }
}
