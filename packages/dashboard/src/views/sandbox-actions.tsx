import type { SandboxView } from '@stuntdouble/sdk/wire'
import { useEffect, useRef, useState } from 'preact/hooks'
import { formatClock } from '../format/time.ts'
import { useDashboard } from './context.ts'
import { EndDialog } from './end-dialog.tsx'
import { ProblemNotice } from './problem-notice.tsx'
import { useAction } from './use-action.ts'
import { focusHeading } from './use-route.ts'

/** Extending and ending. The dialog outlives the buttons: it shows the receipt of what it ended. */
export function SandboxActions({ sandbox }: { sandbox: SandboxView }) {
  const dashboard = useDashboard()
  const [asking, setAsking] = useState(false)
  const extend = useAction(async () => {
    await dashboard.extend(sandbox.id)
    return true
  })
  const running = sandbox.state !== 'ending' && sandbox.state !== 'ended'
  const wasAsking = useRef(false)
  // The browser gives the focus back to the button that opened the dialog, unless that is gone too.
  useEffect(() => {
    if (wasAsking.current && !asking && !running) focusHeading()
    wasAsking.current = asking
  }, [asking, running])
  return (
    <>
      <div class="actions">
        <span role="status" class="quiet">
          {extend.answer && running && `Extended to ${formatClock(sandbox.expiresAt)}`}
        </span>
        {sandbox.state === 'ready' && (
          <button type="button" disabled={extend.busy} onClick={extend.run}>
            Extend by 30 minutes
          </button>
        )}
        {running && (
          <button type="button" class="danger" onClick={() => setAsking(true)}>
            End sandbox
          </button>
        )}
      </div>
      {extend.problem && <ProblemNotice problem={extend.problem} />}
      {asking && <EndDialog sandbox={sandbox} onClose={() => setAsking(false)} />}
    </>
  )
}
