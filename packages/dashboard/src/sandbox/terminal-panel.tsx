import { useEffect, useRef, useState } from 'preact/hooks'
import { ProblemNotice } from '../views/problem-notice.tsx'
import { useAction } from '../views/use-action.ts'
import type { PanelProps } from './panel.ts'
import { Screen } from './screen.ts'

/** An open terminal moves the idle end by itself, which the page has to learn. */
const lookMs = 15_000

/** A shell, begun by a click: an open terminal is a use, and a page that was only left open is none. */
export function TerminalPanel({ inside, onUse }: PanelProps) {
  const place = useRef<HTMLDivElement>(null)
  const [exitCode, setExitCode] = useState<number>()
  const session = useAction(async () => {
    setExitCode(undefined)
    if (!place.current) return
    using screen = new Screen(place.current)
    const ended = await screen.run(inside)
    onUse()
    setExitCode(ended)
  })
  useEffect(() => {
    const timer = session.busy ? setInterval(onUse, lookMs) : undefined
    return () => clearInterval(timer)
  }, [session.busy])
  return (
    <>
      {!session.busy && (
        <div class="bar">
          <button type="button" class="primary" onClick={session.run}>
            {exitCode === undefined ? 'Open a terminal' : 'Open another'}
          </button>
          <span class="quiet">
            {exitCode === undefined
              ? 'A shell in /workspace, as the agent. It ends with this page.'
              : `The shell ended with ${exitCode}.`}
          </span>
        </div>
      )}
      {session.problem && <ProblemNotice problem={session.problem} />}
      <div class="screen" ref={place} hidden={!session.busy} />
    </>
  )
}
