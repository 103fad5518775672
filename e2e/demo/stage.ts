import { join } from 'node:path'
import type { Sandbox } from '@stuntdouble/sdk'
import type { Handover, Review, Snapshot } from '@stuntdouble/sdk/wire'
import { type Production, startProduction } from '../lib/production.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import type { Narrator } from './narrate.ts'
import { projectFiles } from './project.ts'

const sql = (name: string) => join(import.meta.dirname, name)
const number = (value: number) => value.toLocaleString('en-GB').replaceAll(',', ' ')
const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`

export async function raiseProduction(narrator: Narrator): Promise<Production> {
  await narrator.chapter('A production database')
  const production = await startProduction()
  try {
    await production.load(sql('shop-schema.sql'), sql('shop-data.sql'))
    const counts = Object.values(await production.checksums()).map((sum) =>
      Number.parseInt(sum, 10),
    )
    const rows = counts.reduce((total, count) => total + count, 0)
    await narrator.say(
      `PostgreSQL at ${production.host}:${production.port}, outside every sandbox.`,
    )
    await narrator.say(`A small SaaS: ${number(rows)} rows in ${counts.length} tables.`)
    return production
  } catch (cause) {
    await production[Symbol.asyncDispose]()
    throw cause
  }
}

export const openProject = (production: Production): Promise<Stuntdouble> =>
  Stuntdouble.open({
    files: projectFiles(production.url),
    env: { SHOP_URL: production.url, ...colour() },
  })

export async function review(project: Stuntdouble, narrator: Narrator): Promise<void> {
  await narrator.chapter('An answer for every column')
  await narrator.command('sandbox data review --source shop')
  const found = await project.json<Review>(['data', 'review', '--source', 'shop'], shown)
  const { columns, masked, kept, unsure } = found
  await narrator.say(`${columns.length} columns: ${masked} masked, ${kept} kept, ${unsure} unsure.`)
  await narrator.say('masking.yaml says why; where it is unsure it takes the safer answer.')
}

export async function snapshot(project: Stuntdouble, narrator: Narrator): Promise<void> {
  await narrator.chapter('A masked, verified, sealed copy')
  await narrator.command('sandbox snapshot build')
  const since = performance.now()
  const built = await project.json<Snapshot>(['snapshot', 'build', '--source', 'shop'], shown)
  const { id, rows, tables, masked } = built
  await narrator.say(`${id}: ${number(rows)} rows in ${tables} tables in ${seconds(since)}.`)
  await narrator.say(
    `${masked} columns were masked on their way; no real value ever reached a disk.`,
  )
}

export async function up(project: Stuntdouble, narrator: Narrator): Promise<Handover> {
  await narrator.chapter('A sandbox')
  await narrator.command('sandbox up')
  const since = performance.now()
  const handover = await project.json<Handover>(['up'], shown)
  await narrator.say(`${handover.id} is ready after ${seconds(since)}, with a database of its own.`)
  return handover
}

const shown = { showProgress: true } as const

/** The progress of commands keeps its colours exactly where our own narration has them. */
const colour = (): Record<string, string> => (process.stderr.hasColors?.() ? { NO_COLOR: '' } : {})

/** One person, as production knows them and as the agent will. */
export async function compare(stage: Comparison, narrator: Narrator): Promise<void> {
  const columns = ['first_name', 'last_name', 'email', 'phone', 'date_of_birth'].join(
    " || ' · ' || ",
  )
  const query = `SELECT ${columns} AS person FROM people WHERE id = 4711`
  const [real] = await stage.production.query<{ person: string }>(query)
  const double = await stage.box.commands.run(['psql', stage.box.db.url, '-XAtc', query])
  await narrator.say(`person 4711 in production   ${real?.person}`)
  await narrator.say(`person 4711 in the double   ${double.stdout.trim()}`)
}

interface Comparison {
  readonly production: Production
  readonly box: Sandbox
}
