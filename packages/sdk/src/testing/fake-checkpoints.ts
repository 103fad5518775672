import { json } from 'node:stream/consumers'
import { CreateCheckpointRequest, ForkRequest, RollbackRequest } from '../wire/checkpoint.ts'
import * as errors from './fake-errors.ts'
import type { Exchange, FakeCheckpoint } from './fake-state.ts'

type Handler = (exchange: Exchange, id: string, name: string) => unknown

/** A checkpoint is a copy of the machine; what runs is no part of it. */
export const checkpointRoutes: Readonly<Record<string, Handler>> = {
  'POST /v1/sandboxes/:id/checkpoints': async ({ request, state }, id) => {
    const asked = CreateCheckpointRequest.parse(await json(request))
    const { machine } = state.usable(id)
    const name = nameFor(listOf(state, id), asked.name)
    const made = { name, createdAt: new Date(state.now()).toISOString(), machine: machine.copy() }
    state.checkpoints.set(id, [made, ...listOf(state, id)])
    return publicly(made)
  },
  'GET /v1/sandboxes/:id/checkpoints': ({ state }, id) => ({
    checkpoints: listOf(state, id).map(publicly),
  }),
  'DELETE /v1/sandboxes/:id/checkpoints/:name': ({ state, response }, id, name) => {
    const found = find(state, id, name)
    state.checkpoints.set(
      id,
      listOf(state, id).filter((each) => each !== found),
    )
    response.writeHead(204).end()
  },
  'POST /v1/sandboxes/:id/rollback': async ({ request, state }, id) => {
    const { to } = RollbackRequest.parse(await json(request))
    state.usable(id)
    const { name, machine } = find(state, id, to)
    state.cut(id, errors.wasRolledBack(name))
    state.sandboxes.set(id, { ...state.get(id), machine: machine.copy() })
    return state.touch(id)
  },
  'POST /v1/sandboxes/:id/fork': async ({ request, state }, id) => {
    const { count, from, ttl } = ForkRequest.parse(await json(request))
    const of = from === undefined ? state.usable(id) : state.ready(id)
    const { machine } = from === undefined ? of : find(state, id, from)
    const wanted = { ...of.request, ...(ttl && { ttl }) }
    const forks = Array.from({ length: count }, () => state.create(wanted, machine.copy()))
    return { sandboxes: forks.map(({ handover }) => handover) }
  },
  'POST /v1/sandboxes/:id/pause': ({ state }, id) => {
    state.ready(id)
    return state.update(id, { state: 'paused' })
  },
  'POST /v1/sandboxes/:id/resume': ({ state }, id) => {
    state.ready(id)
    state.update(id, { state: 'ready' })
    return state.touch(id)
  },
}

type State = Exchange['state']

const publicly = ({ name, createdAt }: FakeCheckpoint) => ({ name, createdAt })

const listOf = (state: State, id: string) => state.checkpoints.get(state.ready(id).view.id) ?? []

function nameFor(known: readonly FakeCheckpoint[], wanted: string | undefined): string {
  const taken = new Set(known.map(({ name }) => name))
  if (wanted !== undefined && taken.has(wanted)) throw errors.checkpointExists(wanted)
  let number = 1
  while (taken.has(`checkpoint-${number}`)) number += 1
  return wanted ?? `checkpoint-${number}`
}

function find(state: State, id: string, name: string | undefined): FakeCheckpoint {
  const found = listOf(state, id).find((each) => name === undefined || each.name === name)
  if (!found) throw errors.checkpointNotFound(id, name)
  return found
}
