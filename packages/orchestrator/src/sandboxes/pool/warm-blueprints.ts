import type { WarmBlueprint } from '@stuntdouble/sdk/wire'
import type { Sandbox } from '../sandbox.ts'
import type { Demand } from './demand.ts'
import { shapeOf } from './pool-key.ts'

/** What is kept ready, as people ask for it: the last asked for first. */
export function warmBlueprints(demand: Demand, members: readonly Sandbox[]): WarmBlueprint[] {
  const living = members.filter(({ endReason }) => endReason === null)
  return demand
    .wishes()
    .toSorted((one, other) => other.askedAt - one.askedAt)
    .flatMap(({ shape, count, memoryBytes, askedAt }) => {
      const asked = demand.known.get(shape)
      if (!asked) return []
      const { blueprint, claimed, missed } = asked
      const own = living.filter((one) => shapeOf(one.blueprint) === shape)
      const warm = own.filter(({ state }) => state === 'ready').length
      const copies = own.flatMap(({ databases, files }) => [...databases, ...files])
      return {
        image: blueprint.workspace.image,
        data: Object.fromEntries(
          Object.entries({ ...blueprint.data, ...blueprint.files }).map(([name, { source }]) => [
            name,
            source,
          ]),
        ),
        snapshots: [...new Set(copies.map(({ snapshot }) => snapshot))],
        ...{ memoryBytes, wanted: count, warm, making: own.length - warm, claimed, missed },
        askedAt: new Date(askedAt).toISOString(),
      }
    })
}
