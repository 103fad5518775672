import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { type EngineClient, openEngine } from './container-runtime.ts'

export interface Leftover {
  readonly kind: 'container' | 'volume' | 'network' | 'mount' | 'loop device'
  readonly id: string
  readonly name: string
  /** The sandbox or the build it belongs to; undefined for a pool and the snapshots in it. */
  readonly pod?: string | undefined
}

const podLabel = 'dev.stuntdouble.sandbox'
/** On what a sandbox or a build is made of, and on the parts of a clone pool. */
const labels = ['dev.stuntdouble.installation', 'dev.stuntdouble.pool']

/** What of ours, or of one installation, is on this machine beside images and processes. */
export async function listLeftovers(
  installation?: string,
  on?: EngineClient,
): Promise<readonly Leftover[]> {
  const engine = on ?? (await openEngine())
  const ofLabels = labels.map((label) => listLabelled(engine, label, installation))
  return (
    await Promise.all([
      ...ofLabels,
      listMounts(installation),
      listLoopDevices(engine, installation),
    ])
  ).flat()
}

/** One line a person can read, the same on every look. */
export const lineOf = ({ kind, id, name }: Leftover) => `${kind} ${name} (${id})`

/** Removes what the engine lets go; for a failed test, so that the next one starts clean. */
export async function sweep(found: readonly Leftover[], on?: EngineClient): Promise<void> {
  const engine = on ?? (await openEngine())
  const only = (kind: Leftover['kind']) => found.filter((item) => item.kind === kind)
  for (const { id } of only('container')) {
    await engine
      .getContainer(id)
      .remove({ force: true, v: true })
      .catch(() => {})
  }
  for (const { id } of only('volume'))
    await engine
      .getVolume(id)
      .remove()
      .catch(() => {})
  for (const { id } of only('network'))
    await engine
      .getNetwork(id)
      .remove()
      .catch(() => {})
}

async function listLabelled(
  engine: EngineClient,
  label: string,
  installation?: string,
): Promise<readonly Leftover[]> {
  const wanted = installation === undefined ? label : `${label}=${installation}`
  const filters = JSON.stringify({ label: [wanted] })
  const containers = await engine.listContainers({ all: true, filters })
  const { Volumes } = await engine.listVolumes({ filters })
  const networks = await engine.listNetworks({ filters })
  return [
    ...containers.map(({ Id, Names, Labels }) => ({
      ...found('container', Id, Names[0]?.slice(1) ?? ''),
      pod: Labels[podLabel],
    })),
    ...(Volumes ?? []).map(({ Name, Labels }) => ({
      ...found('volume', Name, Name),
      pod: Labels?.[podLabel],
    })),
    ...networks.map(({ Id, Name }) => found('network', Id, Name)),
  ]
}

/** The volumes of a pool are mounts of the engine's machine, and bear our name. */
async function listMounts(installation = ''): Promise<readonly Leftover[]> {
  const table = await readFile('/proc/mounts', 'utf8').catch(() => '')
  const points = table.split('\n').map((line) => line.split(' ')[1] ?? '')
  return points
    .filter((point) => point.includes(`/volumes/stuntdouble.${installation}`))
    .map((point) => found('mount', point, point))
}

/**
 * Whose a device is its file's number says: its name is what the container that attached it saw, the
 * same for all. One whose file is gone is nobody's any more, and so always left over.
 */
async function listLoopDevices(
  engine: EngineClient,
  installation?: string,
): Promise<readonly Leftover[]> {
  const columns = ['--output', 'NAME,BACK-INO,BACK-FILE']
  const { stdout } = await run('losetup', ['--list', '--json', ...columns])
  const { loopdevices } = LoopDevices.parse(JSON.parse(stdout || '{"loopdevices":[]}'))
  const files = installation === undefined ? [] : await poolFilesOf(engine, installation)
  return loopdevices
    .filter((device) => /\/pool\.xfs(?: \(deleted\))?$/.test(device['back-file']))
    .filter((device) => {
      const isNobodys = device['back-file'].endsWith(' (deleted)')
      return installation === undefined || isNobodys || files.includes(device['back-ino'])
    })
    .map((device) => found('loop device', device.name, device['back-file']))
}

const run = promisify(execFile)

const LoopDevices = z.object({
  loopdevices: z.array(
    z.object({ name: z.string(), 'back-ino': z.number(), 'back-file': z.string() }),
  ),
})

/** The numbers of its files, of which there is one at most. */
async function poolFilesOf(engine: EngineClient, installation: string): Promise<readonly number[]> {
  const filters = JSON.stringify({ label: [`dev.stuntdouble.pool=${installation}`] })
  const { Volumes } = await engine.listVolumes({ filters })
  const numbers = (Volumes ?? []).map(({ Mountpoint }) =>
    stat(join(Mountpoint, 'pool.xfs')).then(
      ({ ino }) => [ino],
      () => [],
    ),
  )
  return (await Promise.all(numbers)).flat()
}

const found = (kind: Leftover['kind'], id: string, name: string): Leftover => ({ kind, id, name })
