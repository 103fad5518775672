import { Router } from 'express'
import { abortOnClose, parseBody } from '../../../../lib/requests.ts'
import { serially } from '../../../../lib/serially.ts'
import type { E2bParts } from '../../e2b.ts'
import { Connect, Fork, Pause } from '../messages.ts'
import { forkSandbox } from './forking.ts'
import { connect, pauseSandbox, resume } from './pausing.ts'

/** What holds a sandbox, has it go on, or makes others of it. Below `/sandboxes` of E2B’s REST API. */
export function stateRoutes(parts: E2bParts): Router {
  const router = Router()
  // Several may connect at once to one that is paused, and all of them are to find it awake.
  const inTurn = serially<string>()

  router.post('/:id/pause', async ({ params, body }, response) => {
    const wanted = parseBody(Pause, body)
    await inTurn(params.id, () => pauseSandbox(parts, params.id, wanted))
    response.status(204).end()
  })
  router.post('/:id/resume', async ({ params, body }, response) => {
    const wanted = parseBody(Connect, body)
    response.status(201).json(await inTurn(params.id, () => resume(parts, params.id, wanted)))
  })
  router.post('/:id/connect', async ({ params, body }, response) => {
    const wanted = parseBody(Connect, body)
    response.json(await inTurn(params.id, () => connect(parts, params.id, wanted)))
  })
  router.post('/:id/fork', async ({ params: { id }, body }, response) => {
    const wanted = parseBody(Fork, body)
    response.status(201).json(await forkSandbox(parts, { id, ...wanted }, abortOnClose(response)))
  })
  return router
}
