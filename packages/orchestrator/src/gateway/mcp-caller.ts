import type { IncomingMessage } from 'node:http'
import type { McpCaller } from '../doors/doors.ts'
import { authorize, type GatewayParts, tokenOf } from './gateway.ts'

/** Who calls tools by a token: the tools act in its one sandbox. The request itself is a use. */
export function mcpCaller(
  parts: GatewayParts,
  request: IncomingMessage,
  handle: string = bearerOf(request),
): McpCaller {
  const sandbox = authorize(parts, handle, request)
  parts.hosted.use(sandbox, () => {})[Symbol.dispose]()
  const token = tokenOf(handle, request.headers)
  const viewPort = (port: number) => parts.previews.view(sandbox, port, token)
  return {
    ...{ name: sandbox, fixed: true },
    enter(_given, cut) {
      const use = parts.hosted.use(sandbox, cut)
      return { sandbox, viewPort, [Symbol.dispose]: () => use[Symbol.dispose]() }
    },
  }
}

const bearerOf = ({ headers }: IncomingMessage) =>
  /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
