import { useEffect } from 'preact/hooks'
import { ProblemNotice } from '../views/problem-notice.tsx'
import { useAction } from '../views/use-action.ts'
import type { PanelProps } from './panel.ts'

/** What listens inside, each with a link to its own origin. */
export function ServersPanel({ inside, onUse }: PanelProps) {
  const look = useAction(async () => {
    const ports = await inside.ports()
    onUse()
    return ports
  })
  useEffect(look.run, [])
  return (
    <>
      {look.problem && <ProblemNotice problem={look.problem} />}
      {look.answer?.length === 0 && (
        <p class="quiet">Nothing listens inside. A server that is started there shows up here.</p>
      )}
      <ul class="servers">
        {look.answer?.map(({ port, link }) => (
          <li key={port}>
            <code>{port}</code>{' '}
            <a href={link} rel="noreferrer" target="_blank">
              open
            </a>
          </li>
        ))}
      </ul>
      <button type="button" disabled={look.busy} onClick={look.run}>
        Look again
      </button>
    </>
  )
}
