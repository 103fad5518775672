import type { ServerContext } from '@modelcontextprotocol/server'

export interface Reporter extends Disposable {
  readonly report: (message: string) => void
}

const everyMs = 1_000
const mostCharacters = 200

/**
 * Tells a client that asked for it that the work goes on: each second, with the last thing that was
 * said of it. Most clients wait longer for what moves.
 */
export function reporterOf({ mcpReq }: ServerContext): Reporter {
  const progressToken = mcpReq._meta?.progressToken
  if (progressToken === undefined) return { report: () => {}, [Symbol.dispose]() {} }
  let message = 'running'
  let progress = 0
  const tell = () => {
    progress += 1
    const params = { progressToken, progress, message: `${message} (${progress} s)` }
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {})
  }
  const timer = setInterval(tell, everyMs)
  return {
    report: (said) => {
      message = said.replace(/\p{Cc}+/gu, ' ').slice(0, mostCharacters)
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
