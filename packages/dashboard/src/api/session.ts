import type { Fetch } from '@stuntdouble/sdk/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { errorOf, Problem } from '@stuntdouble/sdk/wire'

/** Changes a key for a cookie that scripts cannot read, and back. */
export interface Session {
  signIn(key: string): Promise<void>
  signOut(): Promise<void>
}

export function createSession(origin: string, fetch: Fetch): Session {
  const call = async (init: RequestInit) => {
    const response = await fetch(`${origin}/v1/session`, init).catch(unreachable)
    if (!response.ok) throw await refusal(response)
  }
  return {
    signIn: (key) =>
      call({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key }),
      }),
    signOut: () => call({ method: 'DELETE' }),
  }
}

async function refusal(response: Response): Promise<SandboxError> {
  const problem = Problem.safeParse(await response.json().catch(() => undefined))
  if (problem.success) return errorOf(problem.data)
  return new SandboxError('internal', `Signing in failed with status ${response.status}.`, {
    hint: 'Try again; the orchestrator’s log says more.',
  })
}

function unreachable(cause: unknown): never {
  throw new SandboxError('orchestrator_unreachable', 'The orchestrator does not answer.', {
    hint: 'Check that it runs: `sandbox doctor`.',
    retryable: true,
    cause,
  })
}
