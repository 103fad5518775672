import { json } from 'node:stream/consumers'
import { SandboxError } from '../errors.ts'
import { CreateCheckpointRequest, ForkRequest, RollbackRequest } from '../wire/checkpoint.ts'
import type { Exchange } from './fake-state.ts'

type Handler = (exchange: Exchange, id: string, name: string) => unknown

/** Names alone: nothing in here has a state to go back to. */
export const checkpointRoutes: Readonly<Record<string, Handler>> = {
  'POST /v1/sandboxes/:id/checkpoints': async ({ request, state }, id) => {
    const known = namesOf(state, id)
    const { name = `checkpoint-${known.length + 1}` } = CreateCheckpointRequest.parse(
      await json(request),
    )
    state.checkpoints.set(id, [...known, name])
    return { name, createdAt: madeAt }
  },
  'GET /v1/sandboxes/:id/checkpoints': ({ state }, id) => ({
    checkpoints: namesOf(state, id)
      .map((name) => ({ name, createdAt: madeAt }))
      .reverse(),
  }),
  'DELETE /v1/sandboxes/:id/checkpoints/:name': ({ state, response }, id, name) => {
    find(state, id, name)
    state.checkpoints.set(
      id,
      namesOf(state, id).filter((each) => each !== name),
    )
    response.writeHead(204).end()
  },
  'POST /v1/sandboxes/:id/rollback': async ({ request, state }, id) => {
    const { to } = RollbackRequest.parse(await json(request))
    find(state, id, to)
    return state.get(id).view
  },
  'POST /v1/sandboxes/:id/fork': async ({ request, state }, id) => {
    const { count, from } = ForkRequest.parse(await json(request))
    if (from !== undefined) find(state, id, from)
    const forks = Array.from({ length: count }, () => state.create(state.get(id).request))
    return { sandboxes: forks.map(({ handover }) => handover) }
  },
  'POST /v1/sandboxes/:id/pause': ({ state }, id) => state.update(id, { state: 'paused' }),
  'POST /v1/sandboxes/:id/resume': ({ state }, id) => state.update(id, { state: 'ready' }),
}

const madeAt = '2026-01-01T00:00:00.000Z'

type State = Exchange['state']

const namesOf = (state: State, id: string) => state.checkpoints.get(state.get(id).view.id) ?? []

function find(state: State, id: string, name: string | undefined): string {
  const found = namesOf(state, id).find((each) => name === undefined || each === name)
  if (found !== undefined) return found
  throw new SandboxError('checkpoint_not_found', 'No such checkpoint.', { hint: 'Make one.' })
}
