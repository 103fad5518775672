import type { IncomingMessage, ServerResponse } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, isInitializeRequest, McpServer } from '@modelcontextprotocol/server'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { z } from 'zod'
import { newSecret } from '../../lib/ids.ts'
import { abortOnClose } from '../../lib/requests.ts'
import type { Ground } from './ground.ts'
import { createInFlight } from './in-flight.ts'
import { instructionsOf } from './instructions.ts'
import type { AddTool } from './tool.ts'

export { controlTools } from './control-tools.ts'
export { sandboxTools } from './sandbox-tools.ts'

/** The Model Context Protocol over HTTP. No session is kept: each request is answered by itself. */
export interface McpDoor {
  /** Answers one request, whose body was read and whose sender may do what `caller` lets it. */
  answer(exchange: McpExchange, caller: McpCaller): Promise<void>
}

export interface McpExchange {
  readonly request: IncomingMessage & { readonly body?: unknown }
  readonly response: ServerResponse
}

export interface McpCaller extends Pick<Ground, 'fixed' | 'enter'> {
  /** Who else may cancel what this one calls: nobody with another name. */
  readonly name: string
}

export interface McpDoorParts {
  readonly version: string
  readonly tools: readonly AddTool[]
  readonly onFailure: (cause: unknown) => void
}

const sessionHeader = 'mcp-session-id'

export function createMcpDoor({ version, tools, onFailure }: McpDoorParts): McpDoor {
  const inFlight = createInFlight()

  return {
    async answer({ request, response }, { name, ...place }) {
      const { body } = request
      if (Array.isArray(body)) throw oneAtATime()
      const whose = `${name} ${labelOf(request)}`
      const cancelled = Cancellation.safeParse(body)
      if (cancelled.success) inFlight.cancel(whose, cancelled.data.params.requestId)
      const signal = abortOnClose(response)
      const ground = { ...place, signal, onFailure, inFlight: inFlight.of(whose) }
      const handler = createMcpHandler(() => serverOf(version, tools, ground), {
        // Nothing here ever changes, so nobody is told of changes.
        maxSubscriptions: 0,
        onerror: () => {},
      })
      const labelled: typeof handler.fetch = async (asked, options) => {
        const answer = await handler.fetch(asked, options)
        if (isInitializeRequest(body)) answer.headers.set(sessionHeader, newSecret())
        return answer
      }
      const serve = toNodeHandler({ fetch: labelled })
      await serve(request as Parameters<typeof serve>[0], response, body)
    },
  }
}

function serverOf(version: string, tools: readonly AddTool[], ground: Ground): McpServer {
  const server = new McpServer(
    { name: 'stuntdouble', title: 'Stuntdouble', version },
    {
      capabilities: { tools: { listChanged: false } },
      instructions: instructionsOf(ground),
      maxToolInputElements: 10_000,
    },
  )
  for (const add of tools) add(server, ground)
  return server
}

/** Told from the others of one name by what we gave it; of our own making or not is all the same. */
function labelOf({ headers }: IncomingMessage): string {
  const label = headers[sessionHeader]
  return typeof label === 'string' && /^[\w-]{1,64}$/.test(label) ? label : ''
}

const Cancellation = z.object({
  method: z.literal('notifications/cancelled'),
  params: z.object({ requestId: z.union([z.string().max(200), z.number()]) }),
})

const oneAtATime = () =>
  new SandboxError('usage', 'Messages are taken one a request.', {
    hint: 'Send each in a request of its own, as the protocol has it since 2025-06-18.',
  })
