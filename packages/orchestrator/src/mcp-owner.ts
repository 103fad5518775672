import { SandboxError } from '@stuntdouble/sdk/errors'
import type { McpCaller } from './doors/doors.ts'
import type { Previews } from './previews/previews.ts'
import type { Sandboxes } from './sandboxes/sandboxes.ts'

interface Parts {
  readonly sandboxes: Pick<Sandboxes, 'use' | 'handover'>
  readonly previews: Pick<Previews, 'view'>
}

/** Tokens that links are made of; of more sandboxes, the oldest makes way. */
const mostTokens = 256

/**
 * Who has the key may use every sandbox, each call by its id. A link is made of a token that nobody
 * sees: one for each sandbox, for as long as it is good.
 */
export function mcpOwner({ sandboxes, previews }: Parts): McpCaller {
  const tokens = new Map<string, string>()

  function newToken(sandbox: string): string {
    const { token } = sandboxes.handover(sandbox)
    const [oldest] = tokens.keys()
    if (oldest !== undefined && tokens.size >= mostTokens) tokens.delete(oldest)
    tokens.set(sandbox, token)
    return token
  }

  function viewPort(sandbox: string, port: number) {
    const kept = tokens.get(sandbox)
    try {
      return previews.view(sandbox, port, kept ?? newToken(sandbox))
    } catch (cause) {
      if (kept === undefined || !isSpent(cause)) throw cause
      tokens.delete(sandbox)
      return previews.view(sandbox, port, newToken(sandbox))
    }
  }

  return {
    ...{ name: 'owner', fixed: false },
    enter(sandbox, cut) {
      const use = sandboxes.use(sandbox, cut)
      return {
        sandbox,
        viewPort: (port) => viewPort(sandbox, port),
        [Symbol.dispose]: () => use[Symbol.dispose](),
      }
    },
  }
}

/** Revoked, or past its end. */
const isSpent = (cause: unknown) =>
  cause instanceof SandboxError && ['unauthorized', 'sandbox_gone'].includes(cause.code)
