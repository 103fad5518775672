import { join } from 'node:path'
import type { OnProgress } from '@stuntdouble/sdk/wire'
import { openDockerImages } from '../../packages/orchestrator/src/engine/docker/docker-images.ts'
import { openEngine } from './container-runtime.ts'

export const repository = join(import.meta.dirname, '../..')

/** Makes an image present, as the orchestrator would. */
export async function ensureImage(image: string, onProgress: OnProgress = () => {}): Promise<void> {
  const directory = join(repository, 'images')
  const images = openDockerImages({ docker: await openEngine(), directory })
  await images.ensure(image, onProgress, AbortSignal.timeout(900_000))
}
