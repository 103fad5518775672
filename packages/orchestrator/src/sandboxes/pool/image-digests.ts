import type { Engine } from '../../engine/engine.ts'
import type { Clock } from '../../lib/clock.ts'

/** Which image a name stands for. Asked of the engine in the background, so that a claim need not. */
export interface ImageDigests {
  /** Undefined where one is not known. */
  of(images: readonly string[]): readonly string[] | undefined
  /** Brings what is known of these up to date, and forgets others. */
  look(images: readonly string[], signal: AbortSignal): Promise<void>
}

const knownMs = 5_000

export function createImageDigests(
  { images: engine }: Pick<Engine, 'images'>,
  clock: Clock,
): ImageDigests {
  const known = new Map<string, { readonly digest: string; readonly at: number }>()

  return {
    of(images) {
      const found = images.flatMap((image) => known.get(image)?.digest ?? [])
      return found.length === images.length ? found : undefined
    },
    async look(images, signal) {
      for (const image of known.keys()) if (!images.includes(image)) known.delete(image)
      for (const image of images) {
        const at = clock()
        if (at - (known.get(image)?.at ?? Number.NEGATIVE_INFINITY) < knownMs) continue
        const digest = await engine.content(image, signal).then(
          (content) => content.digest,
          () => {},
        )
        if (digest === undefined) known.delete(image)
        else known.set(image, { digest, at })
      }
    },
  }
}
