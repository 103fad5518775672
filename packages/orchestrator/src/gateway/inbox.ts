import type { RawData, WebSocket } from 'ws'

type Listener = (data: RawData, isBinary: boolean) => void

const keptBytes = 1024 ** 2

/**
 * A client's messages, in their order, from the moment it connects: those that come before anybody
 * listens wait, up to a limit at which the client has to. Input that follows a start at once is not lost.
 */
export class Inbox {
  readonly #client: WebSocket
  readonly #waiting: Parameters<Listener>[] = []
  #bytes = 0
  #listener: Listener | undefined

  constructor(client: WebSocket) {
    this.#client = client
    client.on('message', (data, isBinary) => this.#take(data, isBinary))
  }

  /** The next message alone. */
  first(): Promise<RawData> {
    return new Promise((resolve) => {
      this.#listener = (data) => {
        this.#listener = undefined
        resolve(data)
      }
    })
  }

  /** Every message from now on, those that waited first. */
  listen(listener: Listener): void {
    this.#listener = listener
    for (const message of this.#waiting.splice(0)) listener(...message)
    this.#bytes = 0
    if (this.#client.isPaused) this.#client.resume()
  }

  #take(data: RawData, isBinary: boolean): void {
    if (this.#listener) {
      this.#listener(data, isBinary)
      return
    }
    this.#waiting.push([data, isBinary])
    this.#bytes += Buffer.isBuffer(data) ? data.length : keptBytes
    if (this.#bytes > keptBytes) this.#client.pause()
  }
}
