import type { Welcome } from '@stuntdouble/sdk/wire'
import { useEffect, useState } from 'preact/hooks'
import { formatDate, formatLeft, nextEnding, urgencyOf } from '../format/time.ts'

/** Counts down by the browser alone. */
export function TimeLeft({ expiresAt, idleAt }: Pick<Welcome, 'expiresAt' | 'idleAt'>) {
  const now = useNow()
  const { at, why } = nextEnding({ expiresAt, idleAt })
  const left = Date.parse(at) - now
  if (left <= 0)
    return <p class="left now">Its time is over, unless somebody used or extended it.</p>
  return (
    <p class={`left ${urgencyOf(left)}`}>
      Ends in{' '}
      <time dateTime={at} title={formatDate(at)}>
        {formatLeft(left)}
      </time>
      {why === 'idle' && (
        <>
          {' '}
          unless it is used, at most in{' '}
          <time dateTime={expiresAt} title={formatDate(expiresAt)}>
            {formatLeft(Date.parse(expiresAt) - now)}
          </time>
        </>
      )}
      .
    </p>
  )
}

function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}
