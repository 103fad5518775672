import type { SandboxView } from '@stuntdouble/sdk/wire'
import { formatDate, formatLeft, leaseLeft, nextEnding, urgencyOf } from '../format/time.ts'
import { useDashboard } from './context.ts'

/** Ticks. What ends the sandbox first if nobody touches it, in a row of the list. */
export function TimeLeft({ sandbox }: { sandbox: SandboxView }) {
  const now = useDashboard().now.value
  const { at, why } = nextEnding(sandbox)
  const left = Date.parse(at) - now
  return (
    <span class={`left ${urgencyOf(left)}`}>
      <time dateTime={at} title={formatDate(at)}>
        {formatLeft(left)}
      </time>
      {why === 'idle' && <span class="quiet"> if idle</span>}
    </span>
  )
}

/** The whole lease with its bar, on the sandbox’s own page. */
export function LeaseBar({ sandbox }: { sandbox: SandboxView }) {
  const now = useDashboard().now.value
  const hard = Date.parse(sandbox.expiresAt) - now
  const idle = Date.parse(sandbox.idleAt) - now
  return (
    <div class={`lease ${urgencyOf(Math.min(hard, idle))}`}>
      <p class="lease-left">{formatLeft(hard)}</p>
      <progress aria-label="Lease left" max={1} value={leaseLeft(sandbox, now)} />
      <p class="quiet">
        Ends <time dateTime={sandbox.expiresAt}>{formatDate(sandbox.expiresAt)}</time>
      </p>
      {idle < hard && (
        <p class="lease-idle">
          Ends in <strong>{formatLeft(idle)}</strong> if nothing uses it.
        </p>
      )}
    </div>
  )
}
