import type { SandboxEvent } from '@stuntdouble/sdk/wire'
import { ActivityLine } from './activity-line.tsx'
import { useFollow } from './use-follow.ts'

/** What scrolls must be reachable by keyboard, interactive or not. */
const keyboardScroll = { tabIndex: 0 }

/** The newest at the bottom, followed until the reader scrolls away. */
export function Activity({ events }: { events: readonly SandboxEvent[] | undefined }) {
  const follow = useFollow(events?.at(-1)?.seq)
  return (
    <section class="card activity" aria-labelledby="activity">
      <div class="section-head">
        <h2 id="activity">Activity</h2>
        {!follow.following && (
          <button type="button" class="small" onClick={follow.catchUp}>
            Jump to the latest
          </button>
        )}
      </div>
      <section
        {...keyboardScroll}
        ref={follow.box}
        class="log"
        aria-label="Activity log"
        onScroll={follow.onScroll}
      >
        {events?.length ? (
          <ol>
            {events.map((event) => (
              <ActivityLine key={event.seq} event={event} />
            ))}
          </ol>
        ) : (
          <p class="quiet">{events ? 'Nothing has happened yet.' : 'Loading…'}</p>
        )}
      </section>
    </section>
  )
}
