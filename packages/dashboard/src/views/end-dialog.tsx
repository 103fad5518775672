import type { SandboxView } from '@stuntdouble/sdk/wire'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useDashboard } from './context.ts'
import { ProblemNotice } from './problem-notice.tsx'
import { ReceiptView } from './receipt-view.tsx'
import { type Action, useAction } from './use-action.ts'

interface EndDialogProps {
  readonly sandbox: SandboxView
  readonly onClose: () => void
}

/** Asks once, ends, and shows the receipt. The browser keeps the focus inside and gives it back. */
export function EndDialog({ sandbox, onClose }: EndDialogProps) {
  const dashboard = useDashboard()
  const dialog = useRef<HTMLDialogElement>(null)
  const title = useRef<HTMLHeadingElement>(null)
  const end = useAction(() => dashboard.end(sandbox.id))
  // Closed while it is still in the page: that is when the browser gives the focus back.
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])
  // The button that was pressed is gone by then, and the verdict is what to read next.
  useEffect(() => {
    if (end.answer) title.current?.focus()
  }, [end.answer])
  const cancel = (event: Event) => {
    event.preventDefault()
    onClose()
  }
  // A browser may close without asking; its late word about a dialog that is gone means nothing.
  const closed = () => {
    if (dialog.current) onClose()
  }
  return (
    <dialog ref={dialog} aria-labelledby="end-title" onCancel={cancel} onClose={closed}>
      <h2 id="end-title" ref={title} tabIndex={-1}>
        {end.answer ? 'The sandbox has ended' : 'End this sandbox?'}
      </h2>
      {end.answer ? (
        <ReceiptView receipt={end.answer} />
      ) : (
        <Question sandbox={sandbox} end={end} onCancel={onClose} />
      )}
      {end.answer && (
        <div class="dialog-actions">
          <button type="button" class="primary" onClick={onClose}>
            Close
          </button>
        </div>
      )}
    </dialog>
  )
}

interface QuestionProps {
  readonly sandbox: SandboxView
  readonly end: Action<unknown>
  readonly onCancel: () => void
}

function Question({ sandbox, end, onCancel }: QuestionProps) {
  return (
    <>
      <p>
        <code>{sandbox.id}</code> stops at once. Its files, databases and processes are destroyed
        and cannot be brought back; production is not touched. A signed receipt shows what was
        removed.
      </p>
      {end.problem && <ProblemNotice problem={end.problem} />}
      <div class="dialog-actions">
        <button type="button" onClick={onCancel}>
          {end.busy ? 'Close' : 'Keep it'}
        </button>
        <button type="button" class="danger solid" disabled={end.busy} onClick={end.run}>
          {end.busy ? 'Ending…' : 'End sandbox'}
        </button>
      </div>
    </>
  )
}
