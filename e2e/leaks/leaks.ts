import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProduction } from '../lib/production.ts'
import { maskInPlace } from './in-place.ts'
import { buildOurs } from './our-build.ts'
import type { Plant } from './plant.ts'
import { plantsInDefinitions } from './plants-in-definitions.ts'
import { plantsInRows } from './plants-in-rows.ts'
import { plantsInTheServer } from './plants-in-the-server.ts'
import { Survivors } from './survivors.ts'

export interface Scale {
  /** People in each table. */
  readonly rows: number
  /** Objects of each kind for each kind of text. */
  readonly objects: number
}

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
export async function measureLeaks({ rows, objects }: Scale): Promise<LeakReport> {
  const plants = [
    ...plantsInRows(rows),
    ...plantsInDefinitions(objects),
    ...plantsInTheServer(objects),
  ]
  await using production = await startProduction()
  await load(plants.map(({ sql }) => sql).join('\n'), (file) => production.load(file))
  const inPlace = await maskInPlace(production, plants)
  const ours = await buildOurs(production, plants)
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

async function load(sql: string, run: (file: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'leaks-'))
  try {
    const file = join(directory, 'plants.sql')
    await writeFile(file, sql)
    await run(file)
  } finally {
    await rm(directory, { recursive: true })
  }
}
