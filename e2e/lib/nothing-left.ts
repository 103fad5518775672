import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openDockerImages } from '../../packages/orchestrator/src/engine/docker/docker-images.ts'
import { openDockerVolumes } from '../../packages/orchestrator/src/engine/docker/docker-volumes.ts'
import { type EngineClient, openEngine } from './container-runtime.ts'
import { repository } from './images.ts'
import { lineOf, listLeftovers, sweep } from './leftovers.ts'

interface Ended {
  readonly installation: string
  /** Where its sandboxes had their sockets. */
  readonly runDirectory: string
  /** The machine's when left out. */
  readonly engine?: EngineClient | undefined
}

/**
 * For an installation whose sandboxes have ended and whose orchestrator is stopped: removes its clone
 * pool, snapshots with it, and fails with a list when anything else was there or anything remains.
 */
export async function expectNothingLeft({
  installation,
  runDirectory,
  ...on
}: Ended): Promise<void> {
  const engine = on.engine ?? (await openEngine())
  const sockets = await socketsIn(runDirectory)
  const before = (await listLeftovers(installation, engine)).filter(({ pod }) => pod !== undefined)
  await sweep(before, engine)
  await removePool(installation, engine)
  const after = await listLeftovers(installation, engine)
  await sweep(after, engine)
  const lines = [...before.map(lineOf), ...after.map(lineOf), ...sockets]
  if (lines.length > 0) throw new Error(`left behind by ${installation}:\n${lines.join('\n')}`)
}

/** Snapshots outlive sandboxes; they go with the pool that holds them. */
async function removePool(installation: string, docker: EngineClient): Promise<void> {
  const images = openDockerImages({ docker, directory: join(repository, 'images') })
  await using volumes = openDockerVolumes({ docker, installation, images, poolBytes: 0 })
  await volumes.removePool(AbortSignal.timeout(60_000))
}

async function socketsIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory, { recursive: true }).catch(() => [])
  return names.filter((name) => name.endsWith('.sock')).map((name) => `socket ${name}`)
}
