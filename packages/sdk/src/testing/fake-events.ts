import { EventFilter, eventStreamType, type SandboxEvent } from '../wire/events.ts'
import type { Exchange } from './fake-state.ts'

const created: SandboxEvent = {
  ...{ seq: 1, at: '2026-01-01T00:00:00.000Z', sandbox: 'sb0123456789ab', type: 'created' },
  data: {},
}

/** `GET /v1/events`: what a test has arranged, in pages of two, or as a stream that stays open. */
export function eventsAnswer({ request, response, state }: Exchange): unknown {
  const { searchParams } = new URL(request.url ?? '', 'http://fake')
  const filter = EventFilter.parse(Object.fromEntries(searchParams))
  const { after = 0, sandbox, type } = filter
  const kept = [created, ...state.events].filter(({ seq }) => seq > after)
  const isWanted = (event: SandboxEvent) =>
    (!sandbox || sandbox === event.sandbox) && (!type || type.some((one) => one === event.type))
  if (!request.headers.accept?.includes(eventStreamType)) {
    const looked = kept.slice(0, 2)
    const next = looked.at(-1)?.seq ?? after
    return { events: looked.filter(isWanted), next, more: kept.length > 2 }
  }
  response.writeHead(200, { 'content-type': eventStreamType })
  response.write(`retry: 1000\n\n:\nid: ${after}\n\n`)
  for (const event of kept.filter(isWanted).slice(0, state.eventsAtOnce)) {
    response.write(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`)
  }
  // A connection that breaks, as often as a test wants it to.
  if (state.eventsAtOnce !== undefined) response.write(':\n\n', () => response.destroy())
  return undefined
}
