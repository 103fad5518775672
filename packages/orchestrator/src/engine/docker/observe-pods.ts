import type { ContainerStatus, ObservedPod, Resource, Volumes } from '../engine.ts'
import type { DockerClient } from './docker-client.ts'
import { isGone } from './docker-errors.ts'
import { labelFilter } from './labels.ts'
import type { RunDirectory } from './run-directory.ts'

/** Where traces of a pod can be. */
export interface PodPlaces {
  readonly client: DockerClient
  readonly directory: RunDirectory
  readonly volumes: Volumes
}

export async function observePod(
  client: DockerClient,
  pod: string,
  signal: AbortSignal,
): Promise<readonly ContainerStatus[]> {
  const found = await client.find(signal, pod)
  const seen = await Promise.all(
    found.map(({ id, name }) => statusOf(client, { id, name }, signal)),
  )
  return seen.filter((status) => status !== null)
}

async function statusOf(
  client: DockerClient,
  { id, name }: { readonly id: string; readonly name: string },
  signal: AbortSignal,
): Promise<ContainerStatus | null> {
  try {
    const { State: state } = await client.docker.getContainer(id).inspect({ abortSignal: signal })
    const ended = state.Status === 'exited' || state.Status === 'dead'
    return { id, name, state: stateOf(state.Status), exitCode: ended ? state.ExitCode : null }
  } catch (cause) {
    if (isGone(cause)) return null
    return client.call('inspecting a container', () => Promise.reject(cause))
  }
}

const states: Readonly<Record<string, ContainerStatus['state']>> = {
  created: 'created',
  running: 'running',
  restarting: 'running',
  paused: 'paused',
}
const stateOf = (said: string) => states[said] ?? 'exited'

export async function listPods(
  { client, directory, volumes }: PodPlaces,
  signal: AbortSignal,
): Promise<readonly ObservedPod[]> {
  const [containers, owned, directories] = await Promise.all([
    client.find(signal),
    volumes.list(signal),
    directory.pods(),
  ])
  const pods = new Map<string, ObservedPod>()
  // What has no container left does not know its kind any more; it is swept all the same.
  for (const id of directories) pods.set(id, { id, kind: 'sandbox' })
  for (const { pod: id } of owned) if (id !== null) pods.set(id, { id, kind: 'sandbox' })
  for (const { pod: id, podKind: kind } of containers) pods.set(id, { id, kind })
  return [...pods.values()]
}

export async function inventoryPod(
  { client, directory, volumes }: PodPlaces,
  pod: string,
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const filters = JSON.stringify(labelFilter(client.installation, pod))
  const [containers, networks, owned, files] = await Promise.all([
    client.find(signal, pod),
    client.call('listing networks', (docker) =>
      docker.listNetworks({ filters, abortSignal: signal }),
    ),
    volumes.list(signal),
    directory.inventory(pod),
  ])
  return [
    ...containers.map(({ id, name }) => ({ kind: 'container', id, name }) as const),
    ...networks.map(({ Id: id, Name: name }) => ({ kind: 'network', id, name }) as const),
    ...owned
      .filter((volume) => volume.pod === pod)
      .map(({ name }) => ({ kind: 'volume', id: name, name }) as const),
    ...files,
  ]
}
