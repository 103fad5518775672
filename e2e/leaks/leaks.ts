import { buildOurs } from './our-build.ts'
import type { Plant } from './plant.ts'
import type { Scale, Subject } from './subject.ts'
import { Survivors } from './survivors.ts'

/** What became of the values planted in one place. */
export interface PlaceReport {
  readonly place: string
  readonly planted: number
  /** A build stopped, named the place, and went on only when they were taken away. */
  readonly stopped: number
  /** Still in the sealed snapshot. */
  readonly survived: number
  /** Still in a restored copy that was masked in place. */
  readonly survivedInPlace: number
}

export interface LeakReport {
  readonly places: readonly PlaceReport[]
  readonly refusals: readonly string[]
  readonly findings: readonly { readonly where: string; readonly message: string }[]
  /** Values that a message of a build repeated. */
  readonly told: readonly string[]
}

/** Plants people and secrets everywhere, masks production in both ways, and looks for every one. */
export async function measureLeaks(subject: Subject, scale: Scale): Promise<LeakReport> {
  const plants = subject.plants(scale)
  await using production = await subject.start()
  await production.plant(plants.map(({ sql }) => sql).join('\n'))
  const inPlace = await subject.maskInPlace(production, plants)
  const ours = await buildOurs(subject, production, plants)
  const places = [...Map.groupBy(plants, ({ place }) => place)].map(([place, there]) => ({
    place,
    planted: valuesOf(there).length,
    stopped: valuesOf(there.filter((plant) => ours.stopped.has(plant))).length,
    survived: valuesOf(there).filter((value) => ours.survivors.has(value)).length,
    survivedInPlace: valuesOf(there).filter((value) => inPlace.has(value)).length,
  }))
  const said = new Survivors(valuesOf(plants))
  said.search(Buffer.from(JSON.stringify([ours.refusals, ours.findings])))
  return { places, refusals: ours.refusals, findings: ours.findings, told: [...said.found] }
}

const valuesOf = (plants: readonly Plant[]) => plants.flatMap(({ values }) => values)
