import type { SandboxView } from '@stuntdouble/sdk/wire'
import { useEffect } from 'preact/hooks'
import { overviewLink } from '../route/route.ts'
import { Activity } from './activity.tsx'
import { StateBadge } from './badge.tsx'
import { Connection } from './connection.tsx'
import { useDashboard } from './context.ts'
import { PageHeading } from './page-heading.tsx'
import { ProblemNotice } from './problem-notice.tsx'
import { SandboxActions } from './sandbox-actions.tsx'
import { SandboxFacts } from './sandbox-facts.tsx'
import { StoredReceipt } from './stored-receipt.tsx'
import { LeaseBar } from './time-left.tsx'

export function SandboxPage({ id }: { id: string }) {
  const dashboard = useDashboard()
  useEffect(() => void dashboard.open(id), [dashboard, id])
  const { sandboxes, activity } = dashboard.state.value
  const sandbox = sandboxes?.find((one) => one.id === id)
  return (
    <>
      <nav aria-label="Breadcrumb">
        <a href={overviewLink}>← All sandboxes</a>
      </nav>
      {sandbox ? <Head sandbox={sandbox} /> : <Missing id={id} loaded={sandboxes !== undefined} />}
      {sandbox && (
        <div class="columns">
          <aside class="side" aria-label="About this sandbox">
            <Side sandbox={sandbox} />
          </aside>
          <div class="wide">
            {sandbox.state === 'ended' && <StoredReceipt sandbox={sandbox} />}
            <Activity events={activity.get(id)} />
          </div>
        </div>
      )}
    </>
  )
}

function Head({ sandbox }: { sandbox: SandboxView }) {
  return (
    <>
      <div class="page-head">
        <PageHeading title={sandbox.id}>
          <code>{sandbox.id}</code>
        </PageHeading>
        <StateBadge state={sandbox.state} />
        <SandboxActions sandbox={sandbox} />
      </div>
      {sandbox.problem && (
        <ProblemNotice problem={{ message: sandbox.problem.title, hint: sandbox.problem.hint }} />
      )}
    </>
  )
}

function Side({ sandbox }: { sandbox: SandboxView }) {
  const running = sandbox.state !== 'ending' && sandbox.state !== 'ended'
  return (
    <>
      {running && (
        <section aria-labelledby="lease">
          <h2 id="lease">Time left</h2>
          <LeaseBar sandbox={sandbox} />
        </section>
      )}
      {sandbox.state === 'ready' && <Connection sandbox={sandbox} />}
      <SandboxFacts sandbox={sandbox} />
    </>
  )
}

function Missing({ id, loaded }: { id: string; loaded: boolean }) {
  if (!loaded) return <p class="quiet">Loading…</p>
  return (
    <>
      <PageHeading title="No such sandbox" />
      <p>
        There is no sandbox <code>{id}</code>. <code>sandbox ls --all</code> lists those there were.
      </p>
    </>
  )
}
