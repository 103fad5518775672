import { CreateCheckpointRequest, RollbackRequest } from '@stuntdouble/sdk/wire'
import { json, type Request, type Response, Router } from 'express'
import { parseBody } from '../../lib/requests.ts'
import { welcome } from '../explain.ts'
import type { GatewayParts } from '../gateway.ts'

/** What an agent may do with states of its own sandbox. */
export function checkpointRoutes(parts: GatewayParts): Router {
  const { checkpoints } = parts.hosted
  const router = Router({ mergeParams: true })
  const body = json({ limit: '10kb', type: () => true })

  router.get('/checkpoints', (_request, response) => {
    response.json({ checkpoints: checkpoints.list(useOf(parts, response)) })
  })
  router.post('/checkpoints', body, async (request, response) => {
    const { name } = parseBody(CreateCheckpointRequest, request.body ?? {})
    response.status(201).json(await checkpoints.create(useOf(parts, response), name))
  })
  router.delete('/checkpoints/:name', async (request, response) => {
    await checkpoints.remove(useOf(parts, response), String(request.params.name))
    response.status(204).end()
  })
  router.post('/rollback', body, async (request: Request<{ handle: string }>, response) => {
    const { to } = parseBody(RollbackRequest, request.body ?? {})
    const view = await checkpoints.rollback(useOf(parts, response), to)
    const { handle } = request.params
    response.json(welcome(view, `${parts.origin()}/s/${handle}`))
  })
  return router
}

/** Counts as a use, and does not stay one: a rollback closes those. */
function useOf({ hosted }: GatewayParts, { locals }: Response): string {
  const sandbox = String(locals.sandbox)
  hosted.use(sandbox, () => {})[Symbol.dispose]()
  return sandbox
}
