import type { SandboxView } from '@stuntdouble/sdk/wire'
import { endReasonWords } from '../format/end-reason.ts'
import { formatDate } from '../format/time.ts'
import { DataOf } from './running-sandboxes.tsx'

export function SandboxFacts({ sandbox }: { sandbox: SandboxView }) {
  const { createdAt, endedAt, endReason, image } = sandbox
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">Details</h2>
      <dl class="facts">
        <dt>Data</dt>
        <dd>
          <DataOf sandbox={sandbox} />
        </dd>
        <dt>Image</dt>
        <dd>
          <code>{image}</code>
        </dd>
        <dt>Created</dt>
        <dd>{formatDate(createdAt)}</dd>
        {endedAt && <dt>Ended</dt>}
        {endedAt && <dd>{formatDate(endedAt)}</dd>}
        {endReason && <dt>Why</dt>}
        {endReason && <dd>{endReasonWords(endReason)}</dd>}
      </dl>
    </section>
  )
}
