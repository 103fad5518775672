import { useDashboard } from './context.ts'

/** Always in the page, so that a screen reader announces what appears in it. */
export function ConnectionBanner() {
  const { connection, problem } = useDashboard().state.value
  return (
    <div role="status" class="banner-place">
      {(connection === 'lost' || problem) && (
        <p class="banner">
          <strong>
            {connection === 'lost'
              ? 'The connection to the orchestrator was lost.'
              : problem?.message}
          </strong>{' '}
          {connection === 'lost' ? 'What you see may be out of date. Reconnecting…' : problem?.hint}
        </p>
      )}
    </div>
  )
}
