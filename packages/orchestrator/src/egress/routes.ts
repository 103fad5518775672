import { EgressTestRequest } from '@stuntdouble/sdk/wire'
import { Router } from 'express'
import { parseBody } from '../lib/requests.ts'
import type { Egress } from './egress.ts'

/** `/v1/egress`. */
export function egressRoutes(egress: Egress): Router {
  const router = Router()
  router.post('/egress/test', (request, response) => {
    response.json(egress.test(parseBody(EgressTestRequest, request.body)))
  })
  return router
}
