import { json, type Request, type RequestHandler, Router } from 'express'
import type { McpCaller, McpDoor } from './mcp.ts'

/**
 * `/mcp` of whatever it is mounted at. `admit` says what the sender may do, or throws, before a body is
 * read. A GET or DELETE is answered that there is no session to listen to or to end.
 */
export function mcpRoutes(door: McpDoor, admit: (request: Request) => McpCaller): Router {
  const router = Router({ mergeParams: true })
  const admission: RequestHandler = (request, response, next) => {
    response.locals.caller = admit(request)
    next()
  }
  const answer: RequestHandler = (request, response) =>
    door.answer({ request, response }, response.locals.caller)

  router.post('/mcp', admission, json({ limit: '1mb' }), answer)
  router.use('/mcp', admission, answer)
  return router
}
