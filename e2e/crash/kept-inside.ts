import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sandbox } from '@stuntdouble/sdk'
import { lineOf, listLeftovers } from '../lib/leftovers.ts'
import type { Told } from './operations.ts'
import type { CrashScene } from './scene.ts'

/** What a volume consists of in a pool, of whatever kind. */
const parts = ['data', 'upper', 'work', 'meta']

/**
 * What sandboxes that live have on the engine and in the pool, and have no use for: what helped, half
 * of a copy, copies for a checkpoint that nobody knows of. Also says when a checkpoint lacks its copies.
 */
export async function wrongInside(
  { installation, docker }: CrashScene,
  boxes: readonly Sandbox[],
  { checkpoints = 0 }: Told,
): Promise<readonly string[]> {
  const ids = boxes.map(({ id }) => id)
  const left = await listLeftovers(installation, docker)
  const helping = left.filter(({ pod = '', name }) => ids.includes(pod) && name.includes('helper'))
  const pools = left.filter(({ kind }) => kind === 'mount').map(({ name }) => join(name, 'volumes'))
  const volumes = (await Promise.all(pools.map(directoriesIn))).flat()
  const ownOf = (id: string) => volumes.filter(({ name }) => name.startsWith(id))
  const half = ids
    .flatMap(ownOf)
    .flatMap(({ name, entries }) =>
      entries.filter((entry) => !parts.includes(entry)).map((entry) => `${name}/${entry}`),
    )
  const known = await Promise.all(boxes.map(async (box) => (await box.checkpoints()).length))
  // Whose a copy is its name does not say.
  const kept = volumes.filter(({ name }) => name.startsWith('cp')).length
  const expected = ids
    .map((id, index) => (known[index] ?? 0) * ownOf(id).length)
    .reduce((sum, copies) => sum + copies, 0)
  return [
    ...ids.filter((id) => ownOf(id).length === 0).map((id) => `${id} has no volume in its pool`),
    ...helping.map((each) => `still helping: ${lineOf(each)}`),
    ...half.map((name) => `half a copy: ${name}`),
    ...(kept === expected ? [] : [`${ids} keep ${kept} copies in place of ${expected}`]),
    ...(known.every((each) => each >= checkpoints) ? [] : [`${ids} have lost a checkpoint`]),
  ]
}

interface Directory {
  readonly name: string
  readonly entries: readonly string[]
}

async function directoriesIn(place: string): Promise<readonly Directory[]> {
  const names = await readdir(place).catch(() => [])
  return await Promise.all(
    names.map(async (name) => ({
      name,
      entries: await readdir(join(place, name)).catch(() => []),
    })),
  )
}
