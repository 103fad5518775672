import type { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { type Dispatcher, errors } from 'undici'
import type { Look } from '../canaries/canaries.ts'
import { carriesCanary, noAnswerInTime, notHttp, nothingListens } from './errors.ts'
import type { Guest } from './guests.ts'
import type { RawHeaders } from './headers.ts'

/** A request that was let in, and where its answer goes. */
export interface Relayed {
  readonly guest: Guest
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** With its query, as the server inside gets it. */
  readonly path: string
  readonly head: string[]
  /** The answer’s headers as they may leave. */
  readonly answerHead: (raw: RawHeaders) => string[]
  readonly look: Look
}

/**
 * Sends a request inside and its answer back, as they come: nothing is held, and who reads slowly makes
 * the other side write slowly. Rejects before anything was answered; what goes wrong later cuts the
 * answer off.
 */
export function relay(relayed: Relayed): Promise<void> {
  const { guest, request, path, head } = relayed
  return new Promise((resolve, reject) => {
    const options = {
      origin: `http://127.0.0.1:${guest.port}`,
      ...{ method: request.method as Dispatcher.HttpMethod, path, headers: head },
      body: bodyOf(request, guest.touch),
    }
    guest.agent.dispatch(options, new Answer(relayed, { resolve, reject }))
  })
}

/** Not the request itself: a body that is not wanted any more would take our answer’s connection along. */
function bodyOf(request: IncomingMessage, touch: () => void): PassThrough | null {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers
  if (coding === undefined && (length === undefined || length === '0')) return null
  const body = new PassThrough()
  request.on('data', touch)
  request.pipe(body)
  request.once('error', (cause) => body.destroy(cause))
  // Cut short on its way to us: it must not look like a whole one inside.
  request.once('close', () => request.complete || body.destroy(new Error('the client went away')))
  body.once('close', () => request.unpipe(body).resume())
  return body
}

interface Settled {
  readonly resolve: () => void
  readonly reject: (cause: unknown) => void
}

class Answer implements Dispatcher.DispatchHandler {
  readonly #relayed: Relayed
  readonly #settled: Settled
  #hasSpoken = false

  constructor(relayed: Relayed, settled: Settled) {
    this.#relayed = relayed
    this.#settled = settled
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { response } = this.#relayed
    if (response.destroyed) controller.abort(new Error('the client went away'))
    response.once('close', () => {
      if (!response.writableFinished) controller.abort(new Error('the client went away'))
    })
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return
    const { response, look, answerHead } = this.#relayed
    const raw = (controller.rawHeaders as Buffer[]).map((text) => text.toString('latin1'))
    if (look(Buffer.from(raw.join('\n'), 'latin1'))) {
      controller.abort(carriesCanary())
      return
    }
    response.sendDate = false
    // Without the words of the status line: they are the agent’s, and mean nothing.
    response.writeHead(status, answerHead(raw))
    // With the first bytes where there are some, in one write; a stream of events begins before it speaks.
    setImmediate(() => this.#hasSpoken || response.flushHeaders())
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { response, look } = this.#relayed
    this.#hasSpoken = true
    if (look(chunk)) controller.abort(carriesCanary())
    else if (!response.write(chunk)) {
      controller.pause()
      response.once('drain', () => controller.resume())
    }
  }

  onResponseEnd(): void {
    this.#hasSpoken = true
    this.#relayed.response.end()
    this.#settled.resolve()
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    const { response, guest } = this.#relayed
    this.#hasSpoken = true
    if (response.headersSent) response.destroy()
    this.#settled.reject(asAnswered(cause, guest.port))
  }
}

function asAnswered(cause: unknown, port: number): unknown {
  if (cause instanceof SandboxError) return cause
  if (cause instanceof errors.HeadersTimeoutError) return noAnswerInTime(port)
  if (cause instanceof errors.HTTPParserError || cause instanceof errors.HeadersOverflowError)
    return notHttp(port)
  return nothingListens(port, cause)
}
