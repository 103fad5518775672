import type Docker from 'dockerode'
import { newSecret } from '../../lib/ids.ts'
import { gateImage } from './gate-config.ts'
import { hardened } from './hardening.ts'
import { label, type Owner, ownerLabels } from './labels.ts'
import { shortLived } from './pool-names.ts'

/** A short piece of work as root, in a container of its own that sees nothing but what is named here. */
export interface PodHelper {
  readonly docker: Docker
  readonly installation: string
  /** Among whose processes it runs; among none when left out. Ends with them. */
  readonly pod?: HelpedPod | undefined
  readonly script: string
  readonly capabilities: readonly string[]
  /** Directories of the engine’s machine. */
  readonly binds?: readonly string[]
}

export interface HelpedPod {
  readonly owner: Owner
  /** The gate’s container id. */
  readonly gate: string
}

const removeWithinMs = 30_000

/** Answers with its exit code. No other trace of it stays; what it says is not kept, for it may quote an agent. */
export async function runPodHelper(helper: PodHelper, signal: AbortSignal): Promise<number> {
  const container = await helper.docker.createContainer(configOf(helper))
  try {
    await container.start()
    const { StatusCode } = (await container.wait({ abortSignal: signal })) as {
      StatusCode: number
    }
    return StatusCode
  } finally {
    await container.remove({ force: true, abortSignal: AbortSignal.timeout(removeWithinMs) })
  }
}

/** No blueprint can name a container so. */
export const helperName = 'helper.'

function configOf({ installation, pod, script, capabilities, binds = [] }: PodHelper) {
  const among = pod ? `container:${pod.gate}` : ''
  return {
    ...(pod && { name: `sd-${pod.owner.pod}-${helperName}${newSecret()}` }),
    Image: gateImage,
    User: '0:0',
    Entrypoint: ['/bin/sh', '-c', script],
    Cmd: [],
    Labels: pod
      ? ownerLabels(pod.owner, helperName)
      : { [label.installation]: installation, [label.kind]: shortLived.helper },
    HostConfig: {
      ...hardened,
      SecurityOpt: [...hardened.SecurityOpt],
      MaskedPaths: [...hardened.MaskedPaths],
      ReadonlyPaths: [...hardened.ReadonlyPaths],
      CapDrop: [...hardened.CapDrop],
      CapAdd: [...capabilities],
      NetworkMode: among || 'none',
      PidMode: among,
      Binds: [...binds],
      Memory: 256 * 2 ** 20,
      MemorySwap: 256 * 2 ** 20,
      PidsLimit: 64,
      LogConfig: { Type: 'none', Config: {} },
    },
  } satisfies Docker.ContainerCreateOptions
}
