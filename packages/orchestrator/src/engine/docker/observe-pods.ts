import type { BlindSpot, ContainerStatus, ObservedPod, Resource, Volumes } from '../engine.ts'
import type { DockerClient } from './docker-client.ts'
import { isGone } from './docker-errors.ts'
import type { HostView } from './host-view.ts'
import { labelFilter } from './labels.ts'
import { poolLabel, poolNames } from './pool-names.ts'
import type { RunDirectory } from './run-directory.ts'

/** Where traces of a pod can be. */
export interface PodPlaces {
  readonly client: DockerClient
  readonly directory: RunDirectory
  readonly volumes: Volumes
  readonly host: HostView
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
  { client, directory, volumes, host }: PodPlaces,
  { pod, known }: { readonly pod: string; readonly known: readonly Resource[] },
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
  const listed = [
    ...containers.map(({ id, name }) => ({ kind: 'container', id, name }) as const),
    ...networks.map(({ Id: id, Name: name }) => ({ kind: 'network', id, name }) as const),
    ...owned
      .filter((volume) => volume.pod === pod)
      .map(({ name }) => ({ kind: 'volume', id: name, name }) as const),
  ]
  const seen = [...known, ...listed]
  const names = seen.filter(({ kind }) => kind === 'volume').map(({ name }) => name)
  const mounts = await host.mounts(names, directory.path(pod))
  return [...listed, ...files, ...mounts, ...(await processesOf(host, seen))]
}

/** What runs, container by container. Those that are gone may have left something. */
async function processesOf(
  host: HostView,
  seen: readonly Resource[],
): Promise<readonly Resource[]> {
  const containers = new Map(
    seen.filter(({ kind }) => kind === 'container').map(({ id, name }) => [id, name]),
  )
  const alive = await host.alive(new Set(containers.keys()))
  return [...alive].map((id) => ({ kind: 'process', id, name: containers.get(id) ?? '' }))
}

/** By the pool’s keeper, which runs as long as anything does. */
export async function blindSpotsOf(
  { client, host }: Pick<PodPlaces, 'client' | 'host'>,
  signal: AbortSignal,
): Promise<readonly BlindSpot[]> {
  const filters = JSON.stringify({ label: [`${poolLabel.pool}=${client.installation}`] })
  const running = await client.call('listing containers', (docker) =>
    docker.listContainers({ filters, abortSignal: signal }),
  )
  const { pool } = poolNames(client.installation)
  return host.blindSpots(new Set(running.map(({ Id }) => Id)), pool)
}
