import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Diagnosis, Images, PoolUsage, Volumes } from '../engine.ts'

const lowBytes = 2 * 1024 ** 3
const ours = [
  'stuntdouble/gate',
  'stuntdouble/runner',
  'stuntdouble/workspace',
  'stuntdouble/postgres:15',
] as const

export interface Storage {
  readonly volumes: Pick<Volumes, 'usage'> & { exists?(): Promise<boolean> }
  readonly images: Images
}

/** Rows for `sandbox doctor`: the pool, its room, our images. Makes none of them; never throws. */
export async function diagnoseStorage(
  { volumes, images }: Storage,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const [pool, present] = await Promise.all([
    diagnosePool(volumes, signal).catch((cause) => [failed('clone pool', cause)]),
    diagnoseImages(images, signal).catch((cause) => failed('images', cause)),
  ])
  return [...pool, present]
}

async function diagnosePool(
  volumes: Storage['volumes'],
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  if ((await volumes.exists?.()) === false) {
    const message = 'Not made yet: the first snapshot or sandbox makes it.'
    return [{ name: 'clone pool', status: 'ok', message }]
  }
  const usage = await volumes.usage(signal)
  return [mechanism(usage), room(usage)]
}

function mechanism({ kind, reason }: PoolUsage): Diagnosis {
  if (kind === 'reflink') {
    return {
      name: 'clone pool',
      status: 'ok',
      message: 'XFS with reflink in a loop file: clones share blocks.',
    }
  }
  return {
    name: 'clone pool',
    status: 'warn',
    message: `A plain directory${reason ? ` (${reason})` : ''}: the first write to a table copies its file, up to 1 GiB, which takes seconds.`,
    hint: 'Clones share blocks where the engine’s host has loop devices (modprobe loop) and XFS.',
  }
}

function room({ freeBytes, sizeBytes }: PoolUsage): Diagnosis {
  const message = `${gibibytes(freeBytes)} of ${gibibytes(sizeBytes)} are free in the clone pool.`
  if (freeBytes >= lowBytes) return { name: 'pool space', status: 'ok', message }
  return {
    name: 'pool space',
    status: 'warn',
    message,
    hint: 'Remove snapshots (`sandbox snapshot rm`) or free space on the engine’s disk.',
  }
}

async function diagnoseImages(images: Images, signal: AbortSignal): Promise<Diagnosis> {
  const present = await Promise.all(ours.map((image) => images.has(image, signal)))
  const missing = ours.filter((_, index) => !present[index])
  if (missing.length === 0) {
    return {
      name: 'images',
      status: 'ok',
      message: 'Gate, runner, workspace and Postgres are built.',
    }
  }
  return {
    name: 'images',
    status: 'warn',
    message: `Not built yet, or out of date: ${missing.join(', ')}.`,
    hint: 'The first `sandbox up` builds them, which takes a minute or two.',
  }
}

function failed(name: string, cause: unknown): Diagnosis {
  if (cause instanceof SandboxError) {
    return { name, status: 'fail', message: cause.message, hint: cause.hint }
  }
  return { name, status: 'fail', message: 'It could not be looked at; the engine does not answer.' }
}

const gibibytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`
