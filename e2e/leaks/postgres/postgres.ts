import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProduction } from '../../lib/production.ts'
import type { Inside, PlantedProduction, Subject } from '../subject.ts'
import { everyCatalogRow } from './everything-readable.ts'
import { maskInPlace } from './in-place.ts'
import { plantsInDefinitions } from './plants-in-definitions.ts'
import { plantsInRows } from './plants-in-rows.ts'
import { plantsInTheServer } from './plants-in-the-server.ts'

export const postgres: Subject = {
  kind: 'postgres',
  plants: ({ rows, objects }) => [
    ...plantsInRows(rows),
    ...plantsInDefinitions(objects),
    ...plantsInTheServer(objects),
  ],
  start,
  maskInPlace,
  tell,
}

async function start(): Promise<PlantedProduction> {
  const production = await startProduction()
  return Object.assign(production, {
    plant: (script: string) => inFile(script, (file) => production.load(file)),
  })
}

async function inFile(text: string, run: (file: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'leaks-'))
  try {
    const file = join(directory, 'plants.sql')
    await writeFile(file, text)
    await run(file)
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function tell({ box }: Inside): Promise<readonly Buffer[]> {
  const told: Buffer[] = []
  for (const command of [
    'pg_dump --inserts "$DATABASE_URL"',
    'pg_dumpall --globals-only --no-role-passwords -d "$DATABASE_URL"',
    `psql "$DATABASE_URL" -XAtq -v ON_ERROR_STOP=1 -c "$EVERYTHING"`,
  ]) {
    const env = { EVERYTHING: everyCatalogRow }
    const done = await box.commands.run(['sh', '-c', `${command} > /workspace/told`], { env })
    if (done.exitCode !== 0) throw new Error(`${command}: ${done.stderr}`)
    told.push(Buffer.from(await box.files.read('/workspace/told')))
  }
  return told
}
