import { readdir, readFile } from 'node:fs/promises'
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
    await Promise.all([...ofLabels, listMounts(installation), listLoopDevices(installation)])
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

async function listLoopDevices(installation = ''): Promise<readonly Leftover[]> {
  const names = await readdir('/sys/block').catch(() => [])
  const loops = names.filter((name) => name.startsWith('loop'))
  const devices = await Promise.all(loops.map(async (id) => ({ id, file: await backingFile(id) })))
  return devices
    .filter(({ file }) => file.includes(`/stuntdouble.${installation}`))
    .map(({ id, file }) => found('loop device', id, file))
}

const backingFile = (name: string) =>
  readFile(`/sys/block/${name}/loop/backing_file`, 'utf8').then(
    (text) => text.trim(),
    () => '',
  )

const found = (kind: Leftover['kind'], id: string, name: string): Leftover => ({ kind, id, name })
