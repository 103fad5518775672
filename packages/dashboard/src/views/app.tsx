import type { Dashboard } from '../state/dashboard.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { DashboardContext, useDashboard } from './context.ts'
import { Header } from './header.tsx'
import { Overview } from './overview.tsx'
import { PageHeading } from './page-heading.tsx'
import { ProblemNotice } from './problem-notice.tsx'
import { SandboxPage } from './sandbox-page.tsx'
import { SignIn } from './sign-in.tsx'
import { useRoute } from './use-route.ts'

export function App({ dashboard }: { dashboard: Dashboard }) {
  return (
    <DashboardContext.Provider value={dashboard}>
      <Gate />
    </DashboardContext.Provider>
  )
}

function Gate() {
  const { session, problem } = useDashboard().state.value
  if (session === 'signed-in') return <SignedIn />
  if (session === 'signed-out') return <SignIn />
  return (
    <main class="page narrow">
      {problem ? <ProblemNotice problem={problem} /> : <p class="quiet">Loading…</p>}
    </main>
  )
}

function SignedIn() {
  const route = useRoute()
  return (
    <>
      <button type="button" class="skip" onClick={skipToMain}>
        Skip to content
      </button>
      <Header />
      <ConnectionBanner />
      <main id="main" class="page" tabIndex={-1}>
        {route.page === 'overview' && <Overview />}
        {route.page === 'sandbox' && <SandboxPage key={route.id} id={route.id} />}
        {route.page === 'unknown' && <UnknownPage />}
      </main>
    </>
  )
}

/** A button, not a link to `#main`: the part after the hash is our route. */
function skipToMain(): void {
  document.getElementById('main')?.focus()
}

function UnknownPage() {
  return (
    <>
      <PageHeading title="Nothing here" />
      <p>
        This address names no page. <a href="#/">See all sandboxes</a>.
      </p>
    </>
  )
}
