import { Readable } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { OnProgress } from '@stuntdouble/sdk/wire'
import type { ImageContent, Images } from '../engine.ts'

/** Has `present` from the start; anything else that is available is made when it is asked for. */
export class FakeImages implements Images {
  /** How often an image had to be made. */
  readonly made: string[] = []
  readonly #available: (image: string) => boolean
  readonly #present: Set<string>

  constructor(present: readonly string[] = [], available = isOurs) {
    this.#present = new Set(present)
    this.#available = available
  }

  async ensure(image: string, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#present.has(image)) return
    if (!this.#available(image)) throw unavailable(image)
    onProgress({ phase: 'build', message: `Making ${image}` })
    this.made.push(image)
    this.#present.add(image)
  }

  async has(image: string, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted()
    return this.#present.has(image)
  }

  async content(image: string, signal: AbortSignal): Promise<ImageContent> {
    if (!(await this.has(image, signal))) throw unavailable(image)
    const layers = async () => Readable.from([Buffer.alloc(1024)])
    return { digest: `sha256:${image}`, settings: '{}', layers }
  }
}

const isOurs = (image: string) => image.startsWith('stuntdouble/')

const unavailable = (image: string) =>
  new SandboxError('image_unavailable', `There is no image ${JSON.stringify(image)}.`, {
    hint: 'This is the fake engine: it has the images it was given.',
  })
