import {
  type CallToolResult,
  Client,
  ProtocolError,
  StreamableHTTPClientTransport,
  type Tool,
} from '@modelcontextprotocol/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { errorOf, Problem } from '@stuntdouble/sdk/wire'

export type Arguments = Readonly<Record<string, unknown>>

export interface ToolUse {
  readonly name: string
  readonly given: Arguments
  readonly signal: AbortSignal
  readonly report: (progress: Progress) => void
}

export interface Progress {
  readonly progress: number
  readonly message?: string | undefined
}

/** Where the tools are that a bridge hands on. */
export interface Tools {
  readonly instructions: string
  list(): Promise<readonly Tool[]>
  /** What goes wrong is a result too; only what is no tool’s matter is thrown. */
  call(use: ToolUse): Promise<CallToolResult>
}

interface Address {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** A command may take as long as it asks for; who waits for it says when it is too long. */
const callWithinMs = 24 * 60 * 60_000

/** The tools of an orchestrator. It may be restarted meanwhile: it keeps no session. */
export async function connectTools({ url, headers }: Address): Promise<Tools & AsyncDisposable> {
  const client = new Client({ name: 'sandbox mcp', version: '0.1.0' })
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
  try {
    await client.connect(transport)
  } catch (cause) {
    await client.close()
    throw asSandboxError(cause)
  }
  return {
    instructions: client.getInstructions() ?? '',
    list: async () => (await client.listTools()).tools,
    async call({ name, given, signal, report }) {
      const options = { signal, onprogress: report, timeout: callWithinMs }
      try {
        return await client.callTool({ name, arguments: { ...given } }, options)
      } catch (cause) {
        signal.throwIfAborted()
        if (cause instanceof ProtocolError) throw cause
        return failed(asSandboxError(cause))
      }
    },
    [Symbol.asyncDispose]: () => client.close(),
  }
}

/** For a model, which reads results and not the protocol’s errors. */
export const failed = ({ message, hint, code }: SandboxError): CallToolResult => ({
  isError: true,
  content: [{ type: 'text', text: `${message}\n${hint}\n(${code})` }],
})

/** What was answered in place of a result stands in the error’s words; an address never does here. */
export function asSandboxError(cause: unknown): SandboxError {
  if (cause instanceof SandboxError) return cause
  const [answer] = /\{.*\}/s.exec(cause instanceof Error ? cause.message : '') ?? []
  const problem = Problem.safeParse(parsed(answer ?? '')).data
  if (problem) return errorOf(problem)
  return new SandboxError('orchestrator_unreachable', 'The orchestrator does not answer.', {
    hint: 'Call again in a moment; `sandbox doctor` looks for what is wrong.',
    retryable: true,
    cause,
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
