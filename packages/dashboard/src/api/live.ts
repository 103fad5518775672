import { SandboxEvent } from '@stuntdouble/sdk/wire'

export type LiveStatus = 'live' | 'lost'

export interface LiveListener {
  onEvent(event: SandboxEvent): void
  onStatus(status: LiveStatus): void
}

/** The part of EventSource that is used, so that a test can stand in for the network. */
type Stream = Pick<EventSource, 'addEventListener' | 'close' | 'readyState'>
export type OpenStream = (path: string) => Stream

const closed = 2
const slowestRetryMs = 15_000

/**
 * Follows `/v1/events` until the signal aborts. The browser reconnects by itself after a dropped
 * connection, but gives up after an answer such as 401 or 502: then a new stream is opened, ever slower.
 */
export function followLive(listener: LiveListener, signal: AbortSignal, open = openStream): void {
  let retryMs = 500
  const connect = () => {
    if (signal.aborted) return
    const stream = open('/v1/events')
    signal.addEventListener('abort', () => stream.close(), { once: true })
    stream.addEventListener('open', () => {
      retryMs = 500
      listener.onStatus('live')
    })
    stream.addEventListener('message', (message) => hear(listener, message as MessageEvent))
    stream.addEventListener('error', () => {
      if (signal.aborted) return
      listener.onStatus('lost')
      if (stream.readyState !== closed) return
      retryMs = Math.min(retryMs * 2, slowestRetryMs)
      setTimeout(connect, retryMs)
    })
  }
  connect()
}

const openStream: OpenStream = (path) => new EventSource(path)

function hear(listener: LiveListener, message: MessageEvent): void {
  const event = SandboxEvent.safeParse(jsonOf(message.data))
  if (event.success) listener.onEvent(event.data)
}

function jsonOf(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
