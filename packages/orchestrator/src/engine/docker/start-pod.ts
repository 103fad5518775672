import type Docker from 'dockerode'
import { whole } from '../../lib/whole.ts'
import type { ContainerSpec, PodSpec } from '../engine.ts'
import { isolationUnavailable } from '../isolation-errors.ts'
import type { DockerClient, FoundContainer } from './docker-client.ts'
import { podGone } from './docker-errors.ts'
import { gateConfig } from './gate-config.ts'
import { gateName, label, type Owner } from './labels.ts'
import { memberConfig } from './member-config.ts'
import type { RunDirectory } from './run-directory.ts'
import { type Runtimes, runtimeFor, runtimesOf } from './runtimes.ts'
import { verifyContainer } from './verify-container.ts'

export interface PodStarter {
  readonly client: DockerClient
  readonly directory: RunDirectory
  readonly gateImage: string
  /** The volume that has the runner; undefined where none is to be had. */
  readonly runner: string | undefined
}

/** One container of the pod on its way: what was asked for, and the id it has. */
interface Part {
  readonly config: Docker.ContainerCreateOptions
  readonly id: string
  readonly runs: boolean
}

/**
 * Makes what is missing of a pod. The members are created while the gate starts, started at once when
 * it runs, and the pod counts only when each one was seen to run with what protects it. Tells the ids
 * of those that have a runner, by their names.
 */
export async function startPod(
  starter: PodStarter,
  pod: PodSpec,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { client, directory } = starter
  const runtimes = await runtimesFor(pod, client, signal)
  const present = await client.find(signal, pod.id)
  if (present.some(({ name, state }) => name === gateName && state === 'exited')) {
    throw podGone(pod.id)
  }
  await directory.create(pod.id)
  if (present.length === 0) await directory.writeDeadline(pod.id, pod.deadline)

  const gate = await gatePart(starter, pod, present)
  signal.throwIfAborted()
  const [, members] = await whole([
    startPart(client, gate),
    whole(
      pod.containers.map((container) =>
        memberPart(starter, { pod, gate, container, present, runtimes }),
      ),
    ),
  ])
  signal.throwIfAborted()
  await whole(members.map((member) => startPart(client, member)))
  await whole(
    [gate, ...members].map(async ({ config, id }) =>
      verifyContainer(config, await client.inspect(id, signal)),
    ),
  )
  return new Map(members.flatMap(runnerOf))
}

function runnerOf({ config: { Labels: labels = {} }, id }: Part): readonly [string, string][] {
  return labels[label.runner] ? [[labels[label.kind] ?? '', id]] : []
}

async function gatePart(
  { client, directory, gateImage }: PodStarter,
  pod: PodSpec,
  present: readonly FoundContainer[],
): Promise<Part> {
  const config = gateConfig({
    owner: ownerOf(client, pod),
    image: gateImage,
    directory: directory.path(pod.id),
    hosts: pod.hosts,
  })
  return makePart(client, config, findByName(present, gateName))
}

interface MemberRequest {
  readonly pod: PodSpec
  readonly gate: Part
  readonly container: ContainerSpec
  readonly present: readonly FoundContainer[]
  readonly runtimes: Runtimes
}

/** Before anything is made; the engine is asked only where its answer matters. */
async function runtimesFor(
  { containers }: PodSpec,
  client: DockerClient,
  signal: AbortSignal,
): Promise<Runtimes> {
  const isolations = containers.map(({ isolation = 'runc' }) => isolation)
  if (isolations.every((isolation) => isolation === 'runc')) return {}
  const runtimes = await runtimesOf(client, signal)
  const missing = isolations.find((isolation) => runtimeFor(isolation, runtimes) === undefined)
  if (missing) throw isolationUnavailable(missing)
  return runtimes
}

/** Async throughout: a configuration refused at once must not leave the gate's start to itself. */
async function memberPart(
  { client, directory, runner }: PodStarter,
  { pod, gate, container, present, runtimes }: MemberRequest,
): Promise<Part> {
  const { isolation = 'runc' } = container
  const runtime = isolation === 'runc' ? undefined : runtimeFor(isolation, runtimes)
  const found = findByName(present, container.name)
  // A second kernel may show a runner to those it starts; gVisor does.
  const wanted = container.commandsBy && isolation === 'runc' ? runner : undefined
  const config = memberConfig({
    ...{ owner: ownerOf(client, pod), gate: gate.id, container },
    second: runtime === undefined ? undefined : { runtime, lease: directory.lease(pod.id) },
    // One that is there keeps what it was made with.
    runner: found ? found.runner : wanted,
  })
  return makePart(client, config, found)
}

async function makePart(
  client: DockerClient,
  config: Docker.ContainerCreateOptions,
  found: FoundContainer | undefined,
): Promise<Part> {
  const id = found?.id ?? (await client.create(config))
  return { config, id, runs: found !== undefined && found.state !== 'created' }
}

async function startPart(client: DockerClient, part: Part): Promise<void> {
  if (!part.runs) await client.start(part.id)
}

const findByName = (present: readonly FoundContainer[], name: string) =>
  present.find((container) => container.name === name)

const ownerOf = ({ installation }: DockerClient, { id, kind }: PodSpec): Owner => ({
  installation,
  pod: id,
  podKind: kind,
})
