import { parseBytes } from '@stuntdouble/sdk/wire'
import { openDockerEngine } from './engine/docker/docker-engine.ts'
import { openDockerImages } from './engine/docker/docker-images.ts'
import { openDockerVolumes } from './engine/docker/docker-volumes.ts'
import type { Engine } from './engine/engine.ts'

interface EngineOptions {
  readonly installation: string
  readonly runDirectory: string
  /** The folder of our Dockerfiles. */
  readonly images: string
  /** Such as `64g`. */
  readonly poolSize: string
}

/** Docker, with our images and our clone pool. Throws `engine_unavailable`. */
export function openEngine({
  installation,
  runDirectory,
  images,
  poolSize,
}: EngineOptions): Promise<Engine> {
  return openDockerEngine({
    installation,
    runDirectory,
    openImages: (docker) => openDockerImages({ docker, directory: images }),
    openVolumes: async (docker, built) =>
      openDockerVolumes({
        docker,
        installation,
        images: built,
        poolBytes: parseBytes(poolSize) ?? 0,
      }),
  })
}
