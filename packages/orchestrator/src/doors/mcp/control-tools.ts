import {
  CreateSandboxRequest,
  type Handover,
  type OnProgress,
  type Receipt,
  SandboxState,
  type SandboxView,
  Timestamp,
} from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import { parseBody } from '../../lib/requests.ts'
import { type AddTool, tool } from './tool.ts'

/** What the owner of the key may do with sandboxes. */
export interface Keeping {
  create(
    request: CreateSandboxRequest,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Handover>
  list(query: { readonly ended: boolean }): SandboxView[]
  end(id: string, reason: 'down'): Promise<Receipt>
  revoke(id: string, token: string): void
}

export const controlTools = (keeping: Keeping): readonly AddTool[] => [
  createTool(keeping),
  listTool(keeping),
  destroyTool(keeping),
]

const Created = z.object({
  sandbox: z.string(),
  expiresAt: Timestamp,
  databases: z.array(z.string()),
})

/** Whoever may make one may use it by its id, so its token is nobody’s: a model’s words are kept somewhere. */
const createTool = (keeping: Keeping): AddTool =>
  tool(
    {
      name: 'sandbox_create',
      title: 'Make a sandbox',
      description:
        'Makes a sandbox and waits until it is ready. Its id is what the other tools take. It ends by itself at its ttl, or when nobody used it for a while.',
      input: z.strictObject({
        blueprint: z
          .record(z.string(), z.unknown())
          .default({})
          .describe('What sandbox.yaml would say, such as {"data": {"db": {"source": "shop"}}}.'),
        ttl: z.string().optional().describe('Its hard end from now, such as 45m.'),
        idle: z.string().optional().describe('Its end after this long without use.'),
      }),
      output: Created,
      annotations: { destructiveHint: false, idempotentHint: false, openWorldHint: false },
    },
    async (input, { signal, report }) => {
      const request = parseBody(CreateSandboxRequest, input)
      const made = await keeping.create(request, ({ message }) => report(message), signal)
      keeping.revoke(made.id, made.token)
      const { id: sandbox, expiresAt, databases } = made
      const structured = { sandbox, expiresAt, databases: Object.keys(databases) }
      return { structured, text: `sandbox ${sandbox} is ready; it ends at ${expiresAt}` }
    },
  )

const Listed = z.object({
  sandboxes: z.array(
    z.object({ sandbox: z.string(), state: SandboxState, expiresAt: Timestamp, idleAt: Timestamp }),
  ),
})

const listTool = (keeping: Keeping): AddTool =>
  tool(
    {
      name: 'sandbox_list',
      title: 'List sandboxes',
      description: 'The sandboxes that run, newest first. Those of others are among them.',
      input: z.strictObject({}),
      output: Listed,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async () => {
      const sandboxes = keeping
        .list({ ended: false })
        .map(({ id, state, expiresAt, idleAt }) => ({ sandbox: id, state, expiresAt, idleAt }))
      const lines = sandboxes.map(
        ({ sandbox, state, expiresAt }) => `${sandbox} ${state}, ends at ${expiresAt}`,
      )
      return { structured: { sandboxes }, text: lines.join('\n') || 'none runs' }
    },
  )

const Destroyed = z.object({ sandbox: z.string(), clean: z.boolean() })

const destroyTool = (keeping: Keeping): AddTool =>
  tool(
    {
      name: 'sandbox_destroy',
      title: 'End a sandbox',
      description:
        'Ends a sandbox and deletes everything in it; waits until nothing is left. End those alone that you made.',
      input: z.strictObject({ sandbox: z.string().max(40) }),
      output: Destroyed,
      annotations: { destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ sandbox }) => {
      const { clean } = await keeping.end(sandbox, 'down')
      const text = clean ? 'ended; nothing of it is left' : 'ended; something of it may be left'
      return { structured: { sandbox, clean }, text: `${sandbox} ${text}` }
    },
  )
