import { QueryRequest } from '@stuntdouble/sdk/wire'
import { json, type Request, Router } from 'express'
import { abortOnClose, parseBody } from '../../lib/requests.ts'
import type { GatewayParts } from '../gateway.ts'
import { lastWord } from '../last-word.ts'

const maxBytes = 8 * 1024 ** 2

/** Statements for the databases of one sandbox. */
export function queryRoutes({ hosted, queries }: GatewayParts): Router {
  const router = Router({ mergeParams: true })

  router.post(
    '/:name/query',
    json({ limit: '1mb', type: () => true }),
    async (request: Request<{ name: string }>, response) => {
      const sandbox = String(response.locals.sandbox)
      const asked = parseBody(QueryRequest, request.body)
      const database = request.params.name
      using _use = hosted.use(sandbox, (why) => lastWord(response, why))
      const signal = abortOnClose(response)
      const result = await queries.run(sandbox, { ...asked, database, maxBytes }, signal)
      if (!response.headersSent) response.json(result)
    },
  )
  return router
}
