import { useRef, useState } from 'preact/hooks'
import { useDashboard } from './context.ts'
import { Logo } from './logo.tsx'
import { PageHeading } from './page-heading.tsx'
import { ProblemNotice } from './problem-notice.tsx'
import { useAction } from './use-action.ts'

export function SignIn() {
  const dashboard = useDashboard()
  const field = useRef<HTMLInputElement>(null)
  const [key, setKey] = useState('')
  const signIn = useAction(async () => {
    try {
      await dashboard.signIn(key.trim())
    } catch (error) {
      field.current?.select()
      throw error
    }
  })
  const submit = (event: Event) => {
    event.preventDefault()
    signIn.run()
  }
  return (
    <main class="page sign-in">
      <Logo />
      <PageHeading title="Sign in">Sign in to Stuntdouble</PageHeading>
      <form onSubmit={submit}>
        <label for="key">Key</label>
        <input
          id="key"
          ref={field}
          type="password"
          autocomplete="current-password"
          autofocus
          required
          spellcheck={false}
          aria-describedby="key-help"
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <p id="key-help" class="quiet">
          On the orchestrator’s machine it is in the file <code>api-key</code> of the state
          directory, usually <code>~/.local/state/stuntdouble</code>.
        </p>
        {signIn.problem && <ProblemNotice problem={signIn.problem} />}
        <button type="submit" class="primary" disabled={signIn.busy}>
          {signIn.busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>
  )
}
