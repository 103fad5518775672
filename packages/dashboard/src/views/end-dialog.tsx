import type { SandboxView } from '@stuntdouble/sdk/wire'
import { useEffect, useRef } from 'preact/hooks'
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
  useEffect(() => dialog.current?.showModal(), [])
  // The button that was pressed is gone by then, and the verdict is what to read next.
  useEffect(() => {
    if (end.answer) title.current?.focus()
  }, [end.answer])
  const close = () => dialog.current?.close()
  return (
    <dialog ref={dialog} aria-labelledby="end-title" onClose={onClose}>
      <h2 id="end-title" ref={title} tabIndex={-1}>
        {end.answer ? 'The sandbox has ended' : 'End this sandbox?'}
      </h2>
      {end.answer ? (
        <ReceiptView receipt={end.answer} />
      ) : (
        <Question sandbox={sandbox} end={end} onCancel={close} />
      )}
      {end.answer && (
        <div class="dialog-actions">
          <button type="button" class="primary" onClick={close}>
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
