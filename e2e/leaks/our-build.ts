import { Sandbox } from '@stuntdouble/sdk'
import { parse, stringify } from 'yaml'
import { dataFilesOf } from '../lib/data-files.ts'
import type { PolicyFile } from '../lib/personal-values.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { isAnswer, type Plant } from './plant.ts'
import type { PlantedProduction, Subject } from './subject.ts'
import { Survivors, withDecodedHex } from './survivors.ts'

export interface OurBuild {
  /** Values that stand in the sealed snapshot. */
  readonly survivors: ReadonlySet<string>
  /** Plants that a build named and stopped at, and that its operator then took away. */
  readonly stopped: ReadonlySet<Plant>
  /** What each build that stopped said. */
  readonly refusals: readonly string[]
  readonly findings: readonly { readonly where: string; readonly message: string }[]
}

const configurationOf = ({ kind }: Subject) => `sources:
  shop: { kind: ${kind}, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
limits: { poolSize: 8g }
`
const blueprint = 'ttl: 30m\ndata: { db: { source: shop } }\n'

/**
 * A snapshot of production with the policy as it is proposed. A build that stops is answered as its
 * operator would, by what it names and nothing else, and begun again until one is sealed.
 */
export async function buildOurs(
  subject: Subject,
  production: PlantedProduction,
  plants: readonly Plant[],
): Promise<OurBuild> {
  await using project = await Stuntdouble.open({
    files: { 'stuntdouble.yaml': configurationOf(subject), 'sandbox.yaml': blueprint },
    env: { SHOP_URL: production.url },
  })
  await project.json(['data', 'review', '--source', 'shop'])
  const stopped = new Set<Plant>()
  const refusals: string[] = []
  for (;;) {
    const built = await project.run(['snapshot', 'build', '--source', 'shop', '--json'])
    if (built.exitCode === 0) {
      const { findings } = built.json<Pick<OurBuild, 'findings'>>()
      const survivors = new Survivors(plants.flatMap((plant) => plant.values))
      await searchSandbox(subject, project, survivors)
      return { stopped, refusals, findings, survivors: survivors.found }
    }
    refusals.push(built.stderr)
    const named = plants.filter((plant) => !stopped.has(plant) && isNamed(plant, built.stderr))
    if (named.length === 0) throw new Error(`stopped at nothing that was planted: ${built.stderr}`)
    for (const plant of named) await heed(plant, production, project)
    for (const plant of named) stopped.add(plant)
    await project.json(['data', 'review', '--source', 'shop', '--update'])
  }
}

/** By the object where it was found, not by the column that its value came from. */
function isNamed({ objects = [] }: Plant, refusal: string): boolean {
  return objects.some((object) =>
    [`stand in ${object}`, `definition of ${object}`, `  ${object}`].some((text) =>
      refusal.includes(text),
    ),
  )
}

async function heed({ remedy }: Plant, production: PlantedProduction, project: Stuntdouble) {
  if (remedy === undefined) throw new Error('a build stopped where nobody can help it')
  if (!isAnswer(remedy)) return void (await production.query(remedy))
  const { table, column, strategy } = remedy
  const policy = parse(await project.read('masking.yaml')) as PolicyFile
  const changed = { ...policy, [table]: { ...policy[table], [column]: strategy } }
  await project.write({ 'masking.yaml': stringify(changed) })
}

/** The files of a clone as the engine has them, what its catalogs tell, and a dump. */
async function searchSandbox(subject: Subject, project: Stuntdouble, survivors: Survivors) {
  const { id, url } = await project.json<{ id: string; url: string }>(['up'])
  const box = await Sandbox.connect(url)
  survivors.search(await dataFilesOf(id, 'db'))
  for (const told of await subject.tell({ id, box, project }))
    for (const part of withDecodedHex(told)) survivors.search(part)
}
