import { CreateCheckpointRequest, ForkRequest, RollbackRequest } from '@stuntdouble/sdk/wire'
import { Router } from 'express'
import { abortOnClose, parseBody } from '../../lib/requests.ts'
import { idOf } from '../id-of.ts'
import type { Sandboxes } from '../sandboxes.ts'

interface Parts {
  readonly sandboxes: Pick<Sandboxes, 'checkpoints'>
}

/** Below `/v1/sandboxes/:id`. */
export function checkpointRoutes({ sandboxes }: Parts): Router {
  const router = Router()

  router.post('/sandboxes/:id/checkpoints', async (request, response) => {
    const { name } = parseBody(CreateCheckpointRequest, request.body)
    response.status(201).json(await sandboxes.checkpoints.create(idOf(request), name))
  })
  router.get('/sandboxes/:id/checkpoints', (request, response) => {
    response.json({ checkpoints: sandboxes.checkpoints.list(idOf(request)) })
  })
  router.delete('/sandboxes/:id/checkpoints/:name', async (request, response) => {
    await sandboxes.checkpoints.remove(idOf(request), String(request.params.name))
    response.status(204).end()
  })
  router.post('/sandboxes/:id/rollback', async (request, response) => {
    const { to } = parseBody(RollbackRequest, request.body)
    response.json(await sandboxes.checkpoints.rollback(idOf(request), to))
  })
  router.post('/sandboxes/:id/fork', async (request, response) => {
    const wanted = parseBody(ForkRequest, request.body)
    const signal = abortOnClose(response)
    const forks = await sandboxes.checkpoints.fork(idOf(request), wanted, signal)
    response.status(201).json({ sandboxes: forks })
  })
  router.post('/sandboxes/:id/pause', async (request, response) => {
    response.json(await sandboxes.checkpoints.pause(idOf(request)))
  })
  router.post('/sandboxes/:id/resume', async (request, response) => {
    response.json(await sandboxes.checkpoints.resume(idOf(request)))
  })
  return router
}
