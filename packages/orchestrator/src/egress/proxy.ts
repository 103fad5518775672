import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Authority } from './authority.ts'
import { answerTo, Refusal } from './denial.ts'
import { exchange } from './exchange.ts'
import { type Patience, patienceOf } from './idle.ts'
import { checkHead } from './leaving.ts'
import { refuseRaw, refuseResponse } from './refuse.ts'
import { type Inside, tunnelTo, wantedBy } from './request.ts'
import type { Wanted } from './rules.ts'
import { terminate } from './terminate.ts'
import { established, tunnel } from './tunnel.ts'
import type { Way } from './way.ts'

/** Speaks HTTP with whatever connects. Who asks is known from the socket, not from what it says. */
export interface Proxy {
  /** Serves one connection until it ends. Never throws. */
  serve(way: Way, socket: Duplex): void
}

/** A connection, and the tunnel that its requests came through, if any. */
interface Seat {
  readonly way: Way
  readonly through: Inside | undefined
  readonly patience: Patience
  /** Set with the first refusal: nothing that comes after it on this connection is looked at. */
  over: boolean
}

/**
 * For a request’s head, and between two requests. Node’s own timeouts run in servers that listen,
 * which this one does not.
 */
const patienceMs = 10_000
const maxHeaderBytes = 16_384

export function createProxy(): Proxy {
  const seats = new WeakMap<object, Seat>()
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    insecureHTTPParser: false,
    requireHostHeader: false,
    // No promise of its own: how long a connection may wait is told by `patience`.
    keepAliveTimeout: 0,
  })
  // Headers beyond a count would be dropped without a word; their bytes are limited instead.
  server.maxHeadersCount = 0

  function serve(way: Way, socket: Duplex, through?: Inside): void {
    const patience = patienceOf(patienceMs, () => socket.destroy())
    socket.once('close', () => patience[Symbol.dispose]())
    seats.set(socket, { way, through, patience, over: false })
    server.emit('connection', socket)
  }

  /** What cannot even be refused, as when nothing can be recorded, is cut off. */
  async function orCut(socket: Duplex, work: (seat: Seat) => Promise<void> | void): Promise<void> {
    try {
      const seat = seats.get(socket)
      if (seat) await work(seat)
    } catch {
      socket.destroy()
    }
  }

  for (const event of ['request', 'checkContinue', 'checkExpectation']) {
    server.on(event, (request: IncomingMessage, response: ServerResponse) =>
      orCut(request.socket, (seat) => answer(seat, request, response)),
    )
  }
  server.on('connect', (request, socket: Duplex, head) =>
    orCut(socket, async (seat) => {
      using _busy = seat.patience.busy()
      const inner = await open(seat.way, { request, socket, head, through: seat.through })
      if (!inner) return
      // The tunnel itself has nothing more to wait for; what is in it has a patience of its own.
      seat.patience[Symbol.dispose]()
      serve(seat.way, inner.socket, inner.through)
    }),
  )
  server.on('clientError', (cause, socket) =>
    orCut(socket, (seat) => unreadable(seat, cause, socket)),
  )
  return {
    serve(way, socket) {
      socket.on('error', () => socket.destroy())
      // Two pipelines listen to one tunnel; that is no leak to warn of.
      socket.setMaxListeners(32)
      serve(way, socket)
    },
  }
}

async function answer(
  seat: Seat,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (seat.over) return
  using _busy = seat.patience.busy()
  // Kept, for a request whose body was cut off has none.
  const { socket } = request
  // An error without a listener would end the process; the end of the response says as much.
  response.on('error', () => {})
  let want: Wanted | undefined
  try {
    checkHead(seat.way.look('head of a request'), request)
    want = wantedBy(request, seat.through)
    await exchange({ way: seat.way, want, request, response })
  } catch (cause) {
    if (!(cause instanceof Refusal)) return void response.destroy()
    const refusal = new Refusal(cause.reason, want ?? cause.about, cause.alarm)
    seat.over = true
    seat.way.refuse(refusal, request.method ?? '')
    if (response.headersSent) response.destroy()
    else refuseResponse(response, refusal, socket)
  }
}

interface Opening {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly through: Inside | undefined
}

/** What is to be read next, and where it goes. */
interface Inner {
  readonly socket: Duplex
  readonly through: Inside
}

/** Carries a tunnel to its end, unless what comes in it is to be read: plain HTTP, or TLS of ours. */
async function open(way: Way, opening: Opening): Promise<Inner | undefined> {
  const { request, socket, head, through } = opening
  let to: Authority | undefined
  try {
    if (through) throw new Refusal('malformed', through)
    checkHead(way.look('head of a tunnel'), request)
    to = tunnelTo(request, head)
    way.broker.placings({ want: connectTo(to), rawHeaders: request.rawHeaders, url: '' })
    if (way.broker.opens(to)) return await openTls(way, to, socket)
    if (way.readsInside(to)) {
      socket.write(established)
      return { socket, through: { scheme: 'http', ...to } }
    }
    const late = await tunnel(way, to, socket)
    if (late) way.refuse(late, 'CONNECT')
  } catch (cause) {
    if (!(cause instanceof Refusal)) return void socket.destroy()
    const refusal = new Refusal(cause.reason, { ...to, ...cause.about }, cause.alarm)
    way.refuse(refusal, 'CONNECT')
    refuseRaw(socket, answerTo(refusal))
  }
  return undefined
}

const connectTo = (to: Authority): Wanted => ({
  ...{ scheme: 'https', ...to, method: 'CONNECT', path: null },
})

async function openTls(way: Way, to: Authority, socket: Duplex): Promise<Inner | undefined> {
  const inside = await terminate(way, to, socket)
  if (inside instanceof Refusal) {
    way.refuse(new Refusal(inside.reason, { scheme: 'https', ...to }), 'CONNECT')
    return undefined
  }
  return inside && { socket: inside, through: { scheme: 'https', ...to } }
}

function unreadable(seat: Seat, cause: NodeJS.ErrnoException, socket: Duplex): void {
  if (seat.over) return
  seat.over = true
  if (cause.code === 'ECONNRESET') return void socket.destroy()
  const refusal = new Refusal('malformed')
  seat.way.refuse(refusal, '')
  // An answer under way is cut off: another would be taken for part of it.
  if (seat.patience.isBusy) socket.destroy()
  else refuseRaw(socket, answerTo(refusal))
}
