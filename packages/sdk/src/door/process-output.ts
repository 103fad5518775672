import { PassThrough } from 'node:stream'
import type WebSocket from 'ws'
import { channel } from '../wire/door.ts'

/** Splits a socket’s frames into two streams, and stops the socket while either is full. */
export class PausableOutput {
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  readonly #socket: WebSocket

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  take(frame: Buffer) {
    const stream = frame[0] === channel.stderr ? this.stderr : this.stdout
    if (stream.writableEnded || stream.write(frame.subarray(1))) return
    this.#socket.pause()
    stream.once('drain', () => this.#socket.resume())
  }

  /** Lets a stream run that nobody reads: it would hold up the other, and the exit code behind both. */
  flow() {
    for (const stream of [this.stdout, this.stderr]) {
      if (stream.readableFlowing === null) stream.resume()
    }
  }

  end() {
    this.stdout.end()
    this.stderr.end()
  }
}
