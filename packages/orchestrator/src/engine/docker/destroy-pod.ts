import { setTimeout as sleep } from 'node:timers/promises'
import type { Volumes } from '../engine.ts'
import type { DockerClient, FoundContainer } from './docker-client.ts'
import { gateName } from './labels.ts'
import type { RunDirectory } from './run-directory.ts'

const pollMs = 20

export interface PodDestroyer {
  readonly client: DockerClient
  readonly directory: RunDirectory
  readonly volumes: Volumes
}

export async function destroyPod(
  { client, directory, volumes }: PodDestroyer,
  pod: string,
  signal: AbortSignal,
): Promise<void> {
  await sweepContainers(client, pod, signal)
  const owned = (await volumes.list(signal)).filter((volume) => volume.pod === pod)
  await Promise.all(owned.map(({ name }) => volumes.remove(name, signal)))
  await directory.remove(pod)
}

/**
 * Removes by label until the engine lists nothing more, so it also ends what a slow create brought
 * forth meanwhile, and waits out a removal that somebody else began.
 */
export async function sweepContainers(
  client: DockerClient,
  pod: string,
  signal: AbortSignal,
): Promise<void> {
  await sweepThose(client, { pod, isDue: () => true }, signal)
}

/** All but the gate, in the same way. */
export const removeMembers = (client: DockerClient, pod: string, signal: AbortSignal) =>
  sweepThose(client, { pod, isDue: ({ name }) => name !== gateName }, signal)

interface Swept {
  readonly pod: string
  isDue(container: FoundContainer): boolean
}

async function sweepThose(
  client: DockerClient,
  { pod, isDue }: Swept,
  signal: AbortSignal,
): Promise<void> {
  while (true) {
    const found = (await client.find(signal, pod)).filter(isDue)
    if (found.length === 0) return
    const removed = await Promise.all(found.map(({ id }) => client.remove(id, signal)))
    if (removed.includes('underway')) await sleep(pollMs, undefined, { signal })
  }
}
