import { once } from 'node:events'
import { Server, type ServerContext } from '@modelcontextprotocol/server'
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio'
import type { Context } from '../context.ts'
import type { Progress, Tools } from './upstream.ts'

/** Serves tools on standard input and output, until the input ends or Ctrl-C. */
export async function bridge({ stdin, stdout, onInterrupt }: Context, tools: Tools): Promise<void> {
  const transport = new StdioServerTransport(stdin, stdout)
  const server = serveStdio(() => serverOf(tools), { transport })
  const interrupted = Promise.withResolvers<void>()
  const stop = onInterrupt(() => interrupted.resolve())
  await Promise.race([once(stdin, 'end'), once(stdin, 'close'), interrupted.promise])
  stop()
  await server.close()
}

function serverOf(tools: Tools): Server {
  const server = new Server(
    { name: 'stuntdouble', title: 'Stuntdouble', version: '0.1.0' },
    { capabilities: { tools: { listChanged: false } }, instructions: tools.instructions },
  )
  server.setRequestHandler('tools/list', async () => ({ tools: [...(await tools.list())] }))
  server.setRequestHandler('tools/call', ({ params }, { mcpReq }) =>
    tools.call({
      name: params.name,
      given: params.arguments ?? {},
      signal: mcpReq.signal,
      report: reporterOf(mcpReq),
    }),
  )
  return server
}

function reporterOf(mcpReq: ServerContext['mcpReq']): (progress: Progress) => void {
  const progressToken = mcpReq._meta?.progressToken
  if (progressToken === undefined) return () => {}
  return ({ progress, message }) => {
    const params = { progressToken, progress, ...(message !== undefined && { message }) }
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {})
  }
}
