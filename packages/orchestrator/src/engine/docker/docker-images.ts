import type { Readable } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { OnProgress } from '@stuntdouble/sdk/wire'
import type Docker from 'dockerode'
import type { Images } from '../engine.ts'
import { isGone } from './docker-errors.ts'
import { bootstrap } from './image-bootstrap.ts'
import { contentOf } from './image-content.ts'
import { type ImageContext, type ImagePlaces, readContext } from './image-context.ts'
import { baseUnavailable, buildFailed, registryRefused } from './image-errors.ts'
import type { Architecture } from './image-npm.ts'
import { ImagePuller } from './image-pull.ts'
import { baseImage, type ImageRecipe, recipeOf, type Suite } from './image-recipes.ts'
import { type ImageReference, parseImageReference } from './image-reference.ts'
import { readImageEvents } from './image-stream.ts'
import { SharedWork } from './image-work.ts'

const digestLabel = 'dev.stuntdouble.digest'
const freshMs = 10 * 60_000

export interface DockerImagesOptions extends ImagePlaces {
  readonly docker: Docker
  /** Registries beside the engine's default one that a blueprint may name; none when left out. */
  readonly registries?: readonly string[]
  readonly now?: () => number
}

export const openDockerImages = (options: DockerImagesOptions): Images => new DockerImages(options)

class DockerImages implements Images {
  readonly #docker: Docker
  readonly #directory: string
  readonly #scratch: string | undefined
  readonly #registries: readonly string[]
  readonly #now: () => number
  readonly #puller: ImagePuller
  readonly #work = new SharedWork()
  #architecture: Promise<Architecture> | undefined

  constructor({
    docker,
    directory,
    scratch,
    registries = [],
    now = Date.now,
  }: DockerImagesOptions) {
    this.#docker = docker
    this.#directory = directory
    this.#scratch = scratch
    this.#registries = registries
    this.#now = now
    this.#puller = new ImagePuller(docker, now)
  }

  async ensure(image: string, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    const reference = parseImageReference(image)
    if (await this.#isPresent(reference, signal)) return
    const work = (tell: OnProgress, stop: AbortSignal) => this.#make(reference, tell, stop)
    await this.#work.join(reference.text, { work, onProgress, signal })
  }

  has(image: string, signal: AbortSignal): Promise<boolean> {
    return this.#isPresent(parseImageReference(image), signal)
  }

  content(image: string, signal: AbortSignal) {
    return contentOf(this.#docker, parseImageReference(image).text, signal)
  }

  /** One of ours that was built from other files than today's does not count. */
  async #isPresent(reference: ImageReference, signal: AbortSignal): Promise<boolean> {
    const recipe = recipeOf(reference)
    const found = await this.#find(reference.text, signal)
    if (found === undefined || recipe === undefined || typeof recipe === 'string') {
      return found !== undefined
    }
    return found.digest === (await this.#context(recipe)).digest
  }

  async #find(image: string, signal: AbortSignal): Promise<FoundImage | undefined> {
    signal.throwIfAborted()
    try {
      const { Config } = await this.#docker.getImage(image).inspect()
      return { digest: Config?.Labels?.[digestLabel] }
    } catch (cause) {
      if (isGone(cause)) return undefined
      throw cause
    }
  }

  async #make(reference: ImageReference, onProgress: OnProgress, signal: AbortSignal) {
    const recipe = recipeOf(reference)
    if (recipe === undefined) return this.#pull(reference, onProgress, signal)
    if (typeof recipe === 'string') return this.#makeBase(recipe, onProgress, signal)
    await this.ensure(baseImage(recipe.suite), onProgress, signal)
    await this.#build(recipe, onProgress, signal)
    await this.#sweep().catch(() => {})
  }

  /** What builds replaced. A container keeps its image; a fresh one may be another process's, untagged yet. */
  async #sweep(): Promise<void> {
    const filters = JSON.stringify({ dangling: ['true'], label: [digestLabel] })
    for (const { Id, Created } of await this.#docker.listImages({ filters })) {
      if (this.#now() - Created * 1000 < freshMs) continue
      await this.#docker
        .getImage(Id)
        .remove()
        .catch(() => {})
    }
  }

  async #pull(reference: ImageReference, onProgress: OnProgress, signal: AbortSignal) {
    const { registry, text } = reference
    if (registry !== null && !this.#registries.includes(registry)) {
      throw registryRefused(text, registry)
    }
    await this.#puller.pull(reference, onProgress, signal)
  }

  /** A registry's Debian where one answers, else the same packages from the mirror. */
  async #makeBase(suite: Suite, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    const debian = parseImageReference(`debian:${suite}-slim`)
    try {
      await this.#puller.pull(debian, onProgress, signal)
      await this.#tag(debian.text, baseImage(suite))
    } catch (refusal) {
      if (!(refusal instanceof SandboxError)) throw refusal
      await this.#bootstrap(suite, onProgress, signal)
    }
  }

  async #bootstrap(suite: Suite, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    const work = { docker: this.#docker, directory: this.#directory, suite, onProgress }
    try {
      await this.#tag(await bootstrap(work, signal), baseImage(suite))
    } catch (cause) {
      signal.throwIfAborted()
      throw baseUnavailable(baseImage(suite), cause)
    }
  }

  async #build(recipe: ImageRecipe, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    const [tag = ''] = recipe.tags
    const context = await this.#context(recipe)
    const files = context.open(signal)
    try {
      const options = buildOptions(recipe, context.digest, signal)
      const response = await Promise.race([this.#docker.buildImage(files, options), broken(files)])
      await readImageEvents(response, ({ stream }) => {
        const message = stream?.trim()
        if (message) onProgress({ phase: 'build', message: `${tag}: ${message}` })
      })
    } catch (cause) {
      signal.throwIfAborted()
      throw buildFailed(tag, cause)
    } finally {
      files.destroy()
    }
  }

  async #context(recipe: ImageRecipe): Promise<ImageContext> {
    this.#architecture ??= this.#docker
      .version()
      .then(({ Arch }) => (Arch === 'arm64' ? 'arm64' : 'amd64'))
    const places = { directory: this.#directory, scratch: this.#scratch }
    return readContext(places, recipe, await this.#architecture)
  }

  async #tag(image: string, name: string): Promise<void> {
    const { repository, tag } = parseImageReference(name)
    await this.#docker.getImage(image).tag({ repo: repository, tag })
  }
}

interface FoundImage {
  /** Of the context it was built from; undefined for an image that is not one of ours. */
  readonly digest: string | undefined
}

/** A context that cannot be made would leave the engine waiting for the rest of it. */
const broken = (files: Readable): Promise<never> =>
  new Promise((_, reject) => files.once('error', reject))

/** The classic builder, which every engine still has; BuildKit would need a session of its own. */
const buildOptions = (recipe: ImageRecipe, digest: string, signal: AbortSignal) => ({
  t: recipe.tags as unknown as string,
  buildargs: { SUITE: recipe.suite, ...recipe.args },
  labels: { [digestLabel]: digest },
  networkmode: 'host',
  rm: true,
  forcerm: true,
  abortSignal: signal,
})
