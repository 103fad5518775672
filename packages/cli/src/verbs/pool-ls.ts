import type { CapacityView, PoolView, WarmBlueprint } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { humanSeconds, plural } from '../output/amounts.ts'
import { table } from '../output/table.ts'

export const addPoolLs: AddVerb = (parent, act) =>
  parent.command('ls').description('what is kept ready, and how much room there is').action(act(ls))

async function ls({ control, print }: Call) {
  const pool = await (await control()).pool()
  print(pool, `${kept(pool)}\n${room(pool.capacity)}\n`)
}

function kept({ size, blueprints }: PoolView): string {
  if (size === 'off') return 'Nothing is kept ready: `pool: off` in stuntdouble.yaml.\n'
  if (blueprints.length === 0)
    return 'Nothing is kept ready yet: it begins with the first `sandbox up`.\n'
  return table(head, blueprints.map(row))
}

const head = ['DATA', 'IMAGE', 'READY', 'WANTED', 'MEMORY EACH', 'LAST ASKED', 'CLAIMED', 'MISSED']

const row = (one: WarmBlueprint): string[] => [
  Object.entries(one.data)
    .map(([name, source]) => `${name}=${source}`)
    .join(' ') || '-',
  one.image,
  one.making > 0 ? `${one.warm} (+${one.making})` : `${one.warm}`,
  `${one.wanted}`,
  gibibytes(one.memoryBytes),
  `${humanSeconds((Date.now() - Date.parse(one.askedAt)) / 1000)} ago`,
  `${one.claimed}`,
  `${one.missed}`,
]

function room({ pooled, waiting, ...all }: CapacityView): string {
  const own = pooled.sandboxes > 0 ? `, ${pooled.sandboxes} of them kept ready` : ''
  const queue = waiting > 0 ? `; ${plural(waiting, 'creation')} wait for room` : ''
  return `${all.sandboxes} of ${plural(all.maxSandboxes, 'sandbox').replace(/xs$/, 'xes')}${own}, ${gibibytes(all.memoryBytes)} of ${gibibytes(all.maxMemoryBytes)} of memory promised${queue}.`
}

const gibibytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`
