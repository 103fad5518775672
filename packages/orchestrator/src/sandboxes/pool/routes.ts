import { Router } from 'express'
import type { Sandboxes } from '../sandboxes.ts'

/** `/v1/pool` */
export function poolRoutes(sandboxes: Pick<Sandboxes, 'pool' | 'drainPool'>): Router {
  const router = Router()
  router.get('/pool', (_request, response) => {
    response.json(sandboxes.pool())
  })
  router.delete('/pool', async (_request, response) => {
    response.json({ receipts: await sandboxes.drainPool() })
  })
  return router
}
