import type { VolumeCopy } from '../engine.ts'
import { continueOthers, stopOthers } from './checkpoint-scripts.ts'
import type { DockerClient, FoundContainer } from './docker-client.ts'
import { notHeldStill, podGone, secondKernel } from './docker-errors.ts'
import type { DockerVolumes } from './docker-volumes.ts'
import { gateName } from './labels.ts'
import { type HelpedPod, helperName, runPodHelper } from './pod-helper.ts'

/**
 * Stopped by signal and never by the engine’s pause: what the freezer of an older kernel holds cannot
 * be killed, so that a pod with a frozen member outlives its deadline. The signal comes from a
 * container beside, since nobody inside may signal them all.
 */
export async function holdStill(client: DockerClient, pod: string, signal: AbortSignal) {
  await signalAll(client, await heldPod(client, pod, signal), { script: stopOthers, signal })
}

/** Also removes a helper that an orchestrator left behind when it was killed. */
export async function letGo(client: DockerClient, pod: string, signal: AbortSignal) {
  const found = await client.find(signal, pod)
  const left = found.filter(({ name }) => name === helperName)
  await Promise.all(left.map(({ id }) => client.remove(id, signal)))
  await signalAll(client, gateOf(client, pod, found), { script: continueOthers, signal })
}

export async function checkpointHeld(
  { client, volumes }: { readonly client: DockerClient; readonly volumes: DockerVolumes },
  { pod, copies }: { readonly pod: string; readonly copies: readonly VolumeCopy[] },
  signal: AbortSignal,
): Promise<void> {
  const held = await heldPod(client, pod, signal)
  try {
    await volumes.checkpointPod(held, copies, signal)
  } catch (cause) {
    // It goes on by itself unless its helper was ended in the middle.
    await letGo(client, pod, AbortSignal.timeout(letGoWithinMs)).catch(() => {})
    throw cause
  }
}

const letGoWithinMs = 10_000

async function signalAll(
  { docker, installation }: DockerClient,
  pod: HelpedPod,
  { script, signal }: { readonly script: string; readonly signal: AbortSignal },
): Promise<void> {
  const exitCode = await runPodHelper(
    { docker, installation, pod, script, capabilities: ['KILL'] },
    signal,
  )
  if (exitCode !== 0) throw notHeldStill(pod.owner.pod)
}

/** Refused where a member runs on a kernel of its own: nobody beside it reaches its processes. */
async function heldPod(client: DockerClient, pod: string, signal: AbortSignal): Promise<HelpedPod> {
  const found = await client.find(signal, pod)
  const held = gateOf(client, pod, found)
  const members = found.filter(({ name }) => name !== gateName && name !== helperName)
  const inspected = await Promise.all(members.map(({ id }) => client.inspect(id, signal)))
  if (inspected.some(({ HostConfig: host }) => host.Runtime !== 'runc')) throw secondKernel(pod)
  return held
}

function gateOf(
  { installation }: DockerClient,
  pod: string,
  found: readonly FoundContainer[],
): HelpedPod {
  const gate = found.find(({ name, state }) => name === gateName && state === 'running')
  if (gate === undefined) throw podGone(pod)
  return { owner: { installation, pod, podKind: gate.podKind }, gate: gate.id }
}
