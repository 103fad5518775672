import { overviewLink } from '../route/route.ts'
import { useDashboard } from './context.ts'
import { Logo } from './logo.tsx'
import { useAction } from './use-action.ts'

const connectionWords = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' } as const

export function Header() {
  const dashboard = useDashboard()
  const signOut = useAction(() => dashboard.signOut())
  const { connection } = dashboard.state.value
  return (
    <header class="top">
      <a class="brand" href={overviewLink}>
        <Logo />
        <span>Stuntdouble</span>
      </a>
      <span class={`connection ${connection}`}>{connectionWords[connection]}</span>
      <button type="button" class="plain" disabled={signOut.busy} onClick={signOut.run}>
        Sign out
      </button>
    </header>
  )
}
