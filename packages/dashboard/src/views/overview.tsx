import { useDashboard } from './context.ts'
import { EndedSandboxes } from './ended-sandboxes.tsx'
import { PageHeading } from './page-heading.tsx'
import { RunningSandboxes } from './running-sandboxes.tsx'
import { SnapshotTable } from './snapshot-table.tsx'

export function Overview() {
  const { sandboxes, snapshots } = useDashboard().state.value
  if (!sandboxes || !snapshots) return <p class="quiet">Loading…</p>
  const running = sandboxes.filter(({ state }) => state !== 'ended')
  const ended = sandboxes.filter(({ state }) => state === 'ended')
  return (
    <>
      <section aria-labelledby="sandboxes">
        <div class="section-head">
          <PageHeading title="Sandboxes">
            <span id="sandboxes">Sandboxes</span>
          </PageHeading>
          {running.length > 0 && <span class="quiet">{running.length} running</span>}
        </div>
        <RunningSandboxes sandboxes={running} />
        {ended.length > 0 && <EndedSandboxes sandboxes={ended} />}
      </section>
      <section aria-labelledby="snapshots">
        <div class="section-head">
          <h2 id="snapshots">Snapshots</h2>
          {snapshots.length > 0 && <span class="quiet">{snapshots.length}</span>}
        </div>
        <SnapshotTable snapshots={snapshots} />
      </section>
    </>
  )
}
