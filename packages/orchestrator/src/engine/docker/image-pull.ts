import type { OnProgress } from '@stuntdouble/sdk/wire'
import type Docker from 'dockerode'
import { imageNotInRegistry, registryUnreachable } from './image-errors.ts'
import type { ImageReference } from './image-reference.ts'
import { type ImageEvent, readImageEvents } from './image-stream.ts'

const answerWithinMs = 5000
const rememberForMs = 10 * 60_000

/** Pulls images, and remembers for a while that a registry does not answer. */
export class ImagePuller {
  readonly #docker: Docker
  readonly #now: () => number
  readonly #silentSince = new Map<string, number>()

  constructor(docker: Docker, now: () => number) {
    this.#docker = docker
    this.#now = now
  }

  /** Throws `image_unavailable`: retryable when no registry answers, final when it has no such image. */
  async pull(
    reference: ImageReference,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const registry = reference.registry ?? ''
    const silentSince = this.#silentSince.get(registry)
    if (silentSince !== undefined && this.#now() - silentSince < rememberForMs) {
      throw registryUnreachable(reference.text)
    }
    try {
      await this.#attempt(reference, onProgress, signal)
    } catch (cause) {
      signal.throwIfAborted()
      if (isRefusal(cause)) throw imageNotInRegistry(reference.text, cause)
      this.#silentSince.set(registry, this.#now())
      throw registryUnreachable(reference.text, cause)
    }
  }

  async #attempt(reference: ImageReference, onProgress: OnProgress, signal: AbortSignal) {
    const silence = new AbortController()
    const timer = setTimeout(() => silence.abort(new Error('no answer')), answerWithinMs)
    const layers = new Map<string, ImageEvent>()
    try {
      const response = await this.#docker.createImage({
        fromImage: reference.text,
        abortSignal: AbortSignal.any([signal, silence.signal]),
      })
      await readImageEvents(response, (event) => {
        clearTimeout(timer)
        onProgress(pullProgress(reference.text, layers, event))
      })
    } finally {
      clearTimeout(timer)
    }
  }
}

/** The registry spoke: it has no such image, or not for us. */
const isRefusal = (cause: unknown) =>
  cause instanceof Error &&
  /manifest unknown|not found: manifest|pull access denied|unauthorized|denied|no matching manifest/i.test(
    cause.message,
  )

function pullProgress(image: string, layers: Map<string, ImageEvent>, event: ImageEvent) {
  if (event.id && event.progressDetail?.total && event.status === 'Downloading') {
    layers.set(event.id, event)
  }
  const sum = (part: 'current' | 'total') =>
    [...layers.values()].reduce((total, layer) => total + (layer.progressDetail?.[part] ?? 0), 0)
  return {
    phase: 'pull',
    message: `Pulling ${image}`,
    done: sum('current'),
    total: layers.size > 0 ? sum('total') : null,
    unit: 'bytes',
  } as const
}
