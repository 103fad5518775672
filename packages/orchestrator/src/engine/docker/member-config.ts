import { SandboxError } from '@stuntdouble/sdk/errors'
import type Docker from 'dockerode'
import type { ContainerLimits, ContainerSpec, Mount, Tmpfs } from '../engine.ts'
import { gateUid } from './gate-config.ts'
import { hardened, noCore } from './hardening.ts'
import { label, type Owner, ownerLabels, spellUser } from './labels.ts'
import { runnerMount } from './lanes/runner-volume.ts'
import { leasePath, withOwnDeadline } from './own-deadline.ts'

export interface MemberOptions {
  readonly owner: Owner
  /** The gate's container id. */
  readonly gate: string
  readonly container: ContainerSpec
  /** Where the container runs on a second kernel; else the machine’s own holds it. */
  readonly second?: SecondKernel | undefined
  /** The volume that has the runner, for a container that runs commands. */
  readonly runner?: string | undefined
}

export interface SecondKernel {
  /** As the engine names it. */
  readonly runtime: string
  /** The directory on the host that has the pod’s deadline and nothing else. */
  readonly lease: string
}

/** A container inside the gate's namespaces. Built from typed options; nothing is passed through. */
export function memberConfig({ owner, gate, container, second, runner }: MemberOptions) {
  refuseReservedUser(container)
  const { limits } = container
  return {
    name: `sd-${owner.pod}-${container.name}`,
    Image: container.image,
    User: `${container.uid}:${container.gid}`,
    Entrypoint: second ? withOwnDeadline(container.command) : [...container.command],
    Cmd: [],
    WorkingDir: container.workingDirectory,
    Env: Object.entries(container.env).map(([name, value]) => `${name}=${value}`),
    Labels: { ...ownerLabels(owner, container.name), ...commandLabels(container, runner) },
    HostConfig: {
      ...hardened,
      ...(second && { Runtime: second.runtime }),
      NetworkMode: `container:${gate}`,
      // A second kernel has processes of its own; told to share the gate’s, the engine waits at the end for those.
      PidMode: second ? '' : `container:${gate}`,
      Mounts: [
        ...container.mounts.map(volumeMount),
        ...(second ? [leaseMount(second)] : []),
        ...(runner ? [runnerMount(owner.installation, runner)] : []),
      ],
      Tmpfs: Object.fromEntries(container.tmpfs.map((place) => [place.path, tmpfsOptions(place)])),
      Memory: limits.memoryBytes,
      MemorySwap: limits.memoryBytes,
      PidsLimit: second ? withKernelThreads(limits.pids) : limits.pids,
      NanoCpus: Math.round(limits.cpus * 1e9),
      ShmSize: limits.shmBytes,
      // When the host runs out of memory, a sandbox goes before the host's own programs.
      OomScoreAdj: 500,
      Ulimits: [noCore, openFiles, ...fileSize(limits)],
    },
  } satisfies Docker.ContainerCreateOptions
}

/** Root and the gate's user could reach for PID 1; both stay out of every member, also by exec. */
export function refuseReservedUser({ uid, gid }: { readonly uid: number; readonly gid: number }) {
  const free = (id: number) => Number.isInteger(id) && id > 0 && id !== gateUid
  if (free(uid) && free(gid)) return
  throw new SandboxError('policy_refused', `No container may run as ${uid}:${gid}.`, {
    hint: `Use a user and group other than 0 and ${gateUid}.`,
  })
}

/** Each process may have so many; what the kernel keeps of them is charged to the memory. */
const openFiles = { Name: 'nofile', Soft: 16_384, Hard: 16_384 } as const

/**
 * A second kernel is made of processes and threads itself: some 30, up to two for each process in it,
 * and more while it is asked for much at once; short of them it ends. Measured with runsc 20240729.
 */
const withKernelThreads = (pids: number) => 2 * pids + 128

const fileSize = ({ fileBytes }: ContainerLimits) =>
  fileBytes === undefined ? [] : [{ Name: 'fsize', Soft: fileBytes, Hard: fileBytes }]

const commandLabels = ({ commandsBy }: ContainerSpec, runner: string | undefined) => ({
  ...(commandsBy && { [label.commandsBy]: spellUser(commandsBy) }),
  ...(runner && { [label.runner]: runner }),
})

const volumeMount = ({ volume, path, readOnly }: Mount) =>
  ({
    Type: 'volume',
    Source: volume,
    Target: path,
    ReadOnly: readOnly,
    VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
  }) as const

const leaseMount = ({ lease }: SecondKernel) =>
  ({ Type: 'bind', Source: lease, Target: leasePath, ReadOnly: true }) as const

const tmpfsOptions = ({ sizeBytes, inodes, uid, gid, mode }: Tmpfs) =>
  [
    'rw',
    'exec',
    'nosuid',
    'nodev',
    `size=${sizeBytes}`,
    `nr_inodes=${inodes}`,
    `uid=${uid}`,
    `gid=${gid}`,
    `mode=${mode.toString(8)}`,
  ].join(',')
