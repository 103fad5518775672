import type { Duplex } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { listenOut } from './gate-sockets.ts'
import type { RunDirectory } from './run-directory.ts'

/** The listeners for what leaves each pod: one a pod, closed with it. */
export class EgressListeners implements AsyncDisposable {
  readonly #directory: RunDirectory
  readonly #open = new Map<string, Promise<AsyncDisposable>>()

  constructor(directory: RunDirectory) {
    this.#directory = directory
  }

  async listen(pod: string, onConnection: (socket: Duplex) => void): Promise<AsyncDisposable> {
    if (this.#open.has(pod)) throw alreadyListening(pod)
    const listener = this.#begin(pod, onConnection)
    this.#open.set(pod, listener)
    try {
      await listener
    } catch (cause) {
      this.#open.delete(pod)
      throw cause
    }
    return { [Symbol.asyncDispose]: () => this.#closeOne(pod, listener) }
  }

  /** Content when nothing listens. */
  async close(pod: string): Promise<void> {
    const listener = this.#open.get(pod)
    if (listener !== undefined) await this.#closeOne(pod, listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open.keys()].map((pod) => this.close(pod)))
  }

  async #begin(pod: string, onConnection: (socket: Duplex) => void): Promise<AsyncDisposable> {
    // May come before the pod's start, so that nothing it sends meets a closed door.
    await this.#directory.create(pod)
    return listenOut(this.#directory.outSocket(pod), onConnection)
  }

  async #closeOne(pod: string, listener: Promise<AsyncDisposable>): Promise<void> {
    if (this.#open.get(pod) === listener) this.#open.delete(pod)
    const open = await listener.catch(() => undefined)
    await open?.[Symbol.asyncDispose]()
  }
}

const alreadyListening = (pod: string) =>
  new SandboxError('conflict', `Something already handles what leaves "${pod}".`, {
    hint: 'Close the first listener before opening another.',
  })
