import type { SandboxView } from '@stuntdouble/sdk/wire'
import { useEffect } from 'preact/hooks'
import { useDashboard } from './context.ts'
import { ProblemNotice } from './problem-notice.tsx'
import { ReceiptView } from './receipt-view.tsx'
import { useAction } from './use-action.ts'

/** The receipt of a sandbox that has ended, as soon as there is one. */
export function StoredReceipt({ sandbox }: { sandbox: SandboxView }) {
  const dashboard = useDashboard()
  const receipt = useAction(() => dashboard.receipt(sandbox.id))
  const written = sandbox.clean !== null
  useEffect(() => {
    if (written) receipt.run()
  }, [written])
  return (
    <section class="card" aria-labelledby="receipt">
      <h2 id="receipt">Receipt</h2>
      {!written && <p class="quiet">It is not written yet.</p>}
      {receipt.busy && <p class="quiet">Loading…</p>}
      {receipt.problem && <ProblemNotice problem={receipt.problem} />}
      {receipt.answer && <ReceiptView receipt={receipt.answer} />}
    </section>
  )
}
