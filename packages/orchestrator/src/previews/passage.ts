import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Canaries } from '../canaries/canaries.ts'
import type { Admitted } from './admission.ts'
import type { Guests } from './guests.ts'
import { relay } from './relay.ts'
import { requestHead } from './request-head.ts'
import { upgrade } from './upgrade.ts'

/** A connection that was taken over, and what came behind its head. */
export interface Socket {
  readonly socket: Duplex
  readonly first: Buffer
}

/** What was let in goes inside, as long as its sandbox is there. Rejects before anything was answered. */
export interface Passage {
  send(admitted: Admitted, request: IncomingMessage, response: ServerResponse): Promise<void>
  join(admitted: Admitted, request: IncomingMessage, socket: Socket): Promise<void>
}

const where = 'an answer of a preview'

export function createPassage(guests: Guests, canaries: Pick<Canaries, 'look'>): Passage {
  const partsOf = ({ sandbox, path, caller, answerHead }: Admitted, request: IncomingMessage) => ({
    ...{ path, answerHead, look: canaries.look(sandbox, where) },
    head: requestHead(request.rawHeaders, caller),
  })

  return {
    async send(admitted, request, response) {
      using guest = guests.enter(admitted, () => response.destroy())
      await relay({ ...partsOf(admitted, request), guest, request, response })
    },
    async join(admitted, request, { socket, first }) {
      using guest = guests.enter(admitted, () => socket.destroy())
      if (first.length > 0) socket.unshift(first)
      await upgrade({ ...partsOf(admitted, request), guest, socket })
    },
  }
}
