import type { CallToolResult, Tool } from '@modelcontextprotocol/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Handover, OnProgress } from '@stuntdouble/sdk/wire'
import { asSandboxError, failed, type Tools, type ToolUse } from './upstream.ts'

/** Makes a sandbox of what lies in the working directory, as `sandbox up` does. */
export type CreateHere = (
  options: { readonly ttl?: string; readonly idle?: string },
  onProgress: OnProgress,
  signal: AbortSignal,
) => Promise<Handover>

/**
 * The tools of every sandbox, for one client that works in a directory: `sandbox_create` makes one of
 * its sandbox.yaml, and what does not name a sandbox acts in the one that was made last.
 */
export function ownSandboxes(all: Tools, createHere: CreateHere): Tools {
  let current: string | undefined

  async function create(use: ToolUse): Promise<CallToolResult> {
    // A blueprint of the model’s own words sends no files from here.
    if (use.given.blueprint !== undefined) return await all.call(use)
    const { ttl, idle } = use.given as { ttl?: string; idle?: string }
    const options = { ...(ttl && { ttl }), ...(idle && { idle }) }
    let progress = 0
    const report: OnProgress = ({ message }) => use.report({ progress: ++progress, message })
    try {
      return created(await createHere(options, report, use.signal))
    } catch (cause) {
      use.signal.throwIfAborted()
      return failed(asSandboxError(cause))
    }
  }

  return {
    instructions: `${all.instructions}\nA tool that is not told which sandbox acts in the one that was made last.`,
    list: async () => (await all.list()).map(withDefault),
    async call(use) {
      if (use.name === 'sandbox_create') {
        const made = await create(use)
        current = sandboxOf(made) ?? current
        return made
      }
      if (!acts(use.name)) return await forget(use)
      const sandbox = use.given.sandbox ?? current
      if (sandbox === undefined) return failed(noneYet())
      return await all.call({ ...use, given: { ...use.given, sandbox } })
    },
  }

  async function forget(use: ToolUse): Promise<CallToolResult> {
    const answer = await all.call(use)
    const ended = use.name === 'sandbox_destroy' && !answer.isError
    if (ended && use.given.sandbox === current) current = undefined
    return answer
  }
}

/** In a sandbox; the others are about sandboxes. */
const acts = (name: string) => !['sandbox_create', 'sandbox_list', 'sandbox_destroy'].includes(name)

function withDefault(tool: Tool): Tool {
  if (tool.name === 'sandbox_create') return { ...tool, description: createDescription }
  if (!acts(tool.name)) return tool
  const required = tool.inputSchema.required?.filter((name) => name !== 'sandbox') ?? []
  return { ...tool, inputSchema: { ...tool.inputSchema, required } }
}

const createDescription =
  'Makes a sandbox of the sandbox.yaml in the working directory, or of defaults where there is none, with the files that it names, and waits until it is ready. The other tools act in it. It ends by itself at its ttl, or when nobody used it for a while. Give a blueprint only where another one is wanted: no files are sent for it.'

function created({ id: sandbox, expiresAt, databases }: Handover): CallToolResult {
  const text = `sandbox ${sandbox} is ready; it ends at ${expiresAt}`
  const structuredContent = { sandbox, expiresAt, databases: Object.keys(databases) }
  return { structuredContent, content: [{ type: 'text', text }] }
}

function sandboxOf({ structuredContent }: CallToolResult): string | undefined {
  const { sandbox } = (structuredContent ?? {}) as { sandbox?: unknown }
  return typeof sandbox === 'string' ? sandbox : undefined
}

const noneYet = () =>
  new SandboxError('usage', 'No sandbox was made yet.', {
    hint: 'Call sandbox_create first, or name one that sandbox_list shows.',
  })
