import { formatAgo, formatDate } from '../format/time.ts'
import { useDashboard } from './context.ts'

/** A moment in the past: how long ago, and exactly when for who asks. */
export function Moment({ at }: { at: string }) {
  const now = useDashboard().now.value
  return (
    <time dateTime={at} title={formatDate(at)}>
      {formatAgo(at, now)}
    </time>
  )
}
