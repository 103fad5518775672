import type { Readable } from 'node:stream'
import type { OnProgress } from '@stuntdouble/sdk/wire'

export interface Images {
  /**
   * Makes an image present: one of ours (`stuntdouble/…`) is built, anything else pulled. Throws
   * `image_unavailable` with the next step. Concurrent calls for one image share the work.
   */
  ensure(image: string, onProgress: OnProgress, signal: AbortSignal): Promise<void>
  has(image: string, signal: AbortSignal): Promise<boolean>
  /** Of one that is present: what stands in it, seen or not. */
  content(image: string, signal: AbortSignal): Promise<ImageContent>
}

export interface ImageContent {
  /** Names the image whatever its tag is. */
  readonly digest: string
  /** Environment, labels, and how each layer was made, as JSON. */
  readonly settings: string
  /** A tar with every layer as a tar in it, as `docker save` writes it. Whoever asks reads it to its end. */
  layers(): Promise<Readable>
}
