import type Docker from 'dockerode'
import { isGone, statusOf } from './docker-errors.ts'
import { type PoolNames, poolLabel } from './pool-names.ts'
import { quote, Shell } from './shell.ts'

/** How the pool's volume is made; kept as labels, so that a later process takes the same pool. */
export interface Mechanism {
  readonly kind: 'reflink' | 'directory'
  /** Of this boot; null for a plain directory. */
  readonly device: string | null
  /** Why it is not `reflink`. */
  readonly reason: string | null
}

export interface KeeperWork {
  readonly docker: Docker
  readonly names: PoolNames
  readonly keeperImage: string
}

/** What the pool's volume was made as; undefined when there is none. */
export async function observeMechanism({
  docker,
  names,
}: KeeperWork): Promise<Mechanism | undefined> {
  const labels = await orAbsent(
    docker
      .getVolume(names.pool)
      .inspect()
      .then(({ Labels }) => Labels),
  )
  if (labels === undefined) return undefined
  const kind = labels?.[poolLabel.mechanism] === 'reflink' ? 'reflink' : 'directory'
  const device = labels?.[poolLabel.device] || null
  return { kind, device, reason: labels?.[poolLabel.reason] || null }
}

/**
 * Starts the container that holds the pool mounted, and with it the pool's volume. It never restarts
 * by itself: after a boot its loop device may be another pool's.
 */
export async function startKeeper(work: KeeperWork, mechanism: Mechanism): Promise<void> {
  const { docker, names } = work
  try {
    await docker.createContainer(keeperConfig(work, mechanism))
  } catch (cause) {
    // Another process was faster; its keeper is as good, and is checked like ours.
    if (statusOf(cause) !== 409) throw cause
  }
  try {
    await docker.getContainer(names.keeper).start()
  } catch (cause) {
    if (statusOf(cause) !== 304) throw cause
  }
}

/** Undefined unless the keeper runs and holds this installation's pool: then a shell inside it. */
export async function enterKeeper(
  { docker, names }: KeeperWork,
  mechanism: Mechanism,
  signal: AbortSignal,
): Promise<Shell | undefined> {
  const found = await orAbsent(docker.getContainer(names.keeper).inspect())
  if (!found?.State.Running) return undefined
  const shell = await Shell.open(docker, found.Id)
  const { exitCode } = await shell.run(checkScript(names, mechanism), signal)
  if (exitCode === 0) return shell
  await shell[Symbol.asyncDispose]()
  return undefined
}

/** Keeper and volume; what is in the pool's file stays. Content when they are not there. */
export async function removeKeeper({ docker, names }: KeeperWork): Promise<void> {
  const found = await orAbsent(docker.getContainer(names.keeper).inspect())
  if (found) await orAbsent(docker.getContainer(found.Id).remove({ force: true }))
}

export async function removePoolVolume({ docker, names }: KeeperWork): Promise<void> {
  await orAbsent(docker.getVolume(names.pool).remove())
}

/** The first process to see a new pool signs it; a pool signed by another installation is not ours. */
const checkScript = ({ installation }: PoolNames, { kind }: Mechanism) => `
set -eu
cd /pool
${kind === 'reflink' ? '[ "$(stat -f -c %T .)" = xfs ]' : ':'}
[ -e .installation ] || echo ${quote(installation)} > .installation
[ "$(cat .installation)" = ${quote(installation)} ]
mkdir -p volumes sealed trash
chmod 0711 .`

function keeperConfig({ names, keeperImage }: KeeperWork, mechanism: Mechanism) {
  const labels = { [poolLabel.pool]: names.installation, [poolLabel.kind]: 'pool-keeper' }
  return {
    name: names.keeper,
    Image: keeperImage,
    Entrypoint: ['sleep', 'infinity'],
    Cmd: [],
    Labels: labels,
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      CapAdd: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      Init: true,
      PidsLimit: 64,
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: 'no' },
      Mounts: [poolMount(names, mechanism), ...fileMount(names, mechanism)],
    },
  } satisfies Docker.ContainerCreateOptions
}

/**
 * XFS reserves ahead of a file that grows, as much again as it holds; `du` would count twice what a
 * sandbox wrote. So the reservation is small and fixed.
 */
const mountOptions = 'nosuid,nodev,noatime,discard,allocsize=4m'

/** Named in full, so that a volume removed in between can only come back as the right one. */
const poolMount = (names: PoolNames, { kind, device, reason }: Mechanism) => ({
  Type: 'volume' as const,
  Source: names.pool,
  Target: '/pool',
  VolumeOptions: {
    NoCopy: true,
    Labels: {
      [poolLabel.pool]: names.installation,
      [poolLabel.kind]: 'pool',
      [poolLabel.mechanism]: kind,
      [poolLabel.device]: device ?? '',
      [poolLabel.reason]: reason ?? '',
    },
    DriverConfig: {
      Name: 'local',
      Options: (device === null ? {} : { type: 'xfs', device, o: mountOptions }) as Record<
        string,
        string
      >,
    },
  },
})

/** Keeps the file from a prune of unused volumes, and shows how full the disk below is. */
const fileMount = ({ file }: PoolNames, { kind }: Mechanism) =>
  kind === 'reflink'
    ? [
        {
          Type: 'volume' as const,
          Source: file,
          Target: '/file',
          ReadOnly: true,
          VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
        },
      ]
    : []

async function orAbsent<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (cause) {
    if (isGone(cause)) return undefined
    throw cause
  }
}
