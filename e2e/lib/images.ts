import { join } from 'node:path'
import type { OnProgress } from '@stuntdouble/sdk/wire'
import { getContainerRuntimeClient } from 'testcontainers'
import { openDockerImages } from '../../packages/orchestrator/src/engine/docker/docker-images.ts'

export const repository = join(import.meta.dirname, '../..')

/** Makes an image present, as the orchestrator would. */
export async function ensureImage(image: string, onProgress: OnProgress = () => {}): Promise<void> {
  const runtime = await getContainerRuntimeClient()
  const directory = join(repository, 'images')
  const images = openDockerImages({ docker: runtime.container.dockerode, directory })
  await images.ensure(image, onProgress, AbortSignal.timeout(900_000))
}
