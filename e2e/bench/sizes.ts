import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { startProduction } from '../lib/production.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { report } from './report.ts'
import { Stopwatch } from './stopwatch.ts'

const rowBytes = 1024
const small = 10e6
const schemas = ['small', 'large'] as const
type Schema = (typeof schemas)[number]

/**
 * What a sandbox costs on a snapshot of 10 MB and on one of `sizeBytes`, in turns. Its columns are kept
 * as they are: a clone is of files, which are as many and as large masked or not.
 */
export async function benchSizes(rounds: number, sizeBytes: number): Promise<void> {
  await using production = await startProduction()
  await using cleanup = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'stuntdouble-bench-'))
  cleanup.defer(() => rm(directory, { recursive: true }))
  const file = join(directory, 'bulk.sql')
  await writeFile(file, `${sqlOf('small', small)}${sqlOf('large', sizeBytes)}`)
  await production.load(file)
  const env = { BULK_URL: production.url }
  await using project = await Stuntdouble.open({ files: filesFor(sizeBytes), env })
  for (const schema of schemas) {
    await project.json(['snapshot', 'build', '--source', schema], { showProgress: true })
  }
  const control = await project.control()
  for (const schema of schemas) await life(control, new Stopwatch(), schema)
  const watch = new Stopwatch()
  for (let round = 0; round < rounds; round += 1) {
    for (const schema of round % 2 ? schemas.toReversed() : schemas) {
      await life(control, watch, schema)
    }
    process.stderr.write(`round ${round + 1} of ${rounds}\r`)
  }
  const goals = { [of('create', 'large')]: 1.15 }
  console.log(`small: ${small / 1e6} MB of rows, large: ${sizeBytes / 1e6} MB of rows`)
  await report({ bench: 'sizes', samples: watch.samples, yardstick: of('create', 'small'), goals })
}

const of = (what: string, schema: Schema) => `${what}, ${schema}`

async function life(control: ControlClient, watch: Stopwatch, schema: Schema): Promise<void> {
  const blueprint = { ttl: '10m', data: { db: { source: schema } } }
  const create = () => control.createSandbox({ blueprint })
  await using box = Sandbox.of(await watch.time(of('create', schema), create), control)
  const sql = `UPDATE ${schema}.bulk SET filler = '' WHERE id = 1`
  const { exitCode, stderr } = await watch.time(of('first change', schema), () =>
    box.commands.run(['psql', '-qc', sql]),
  )
  if (exitCode !== 0) throw new Error(stderr)
  await watch.time(of('end, to the receipt', schema), () => control.destroySandbox(box.id))
}

const sqlOf = (schema: Schema, bytes: number) => `
CREATE SCHEMA ${schema};
CREATE TABLE ${schema}.bulk (id bigint PRIMARY KEY, filler text NOT NULL);
INSERT INTO ${schema}.bulk SELECT i, repeat(md5(i::text), ${rowBytes / 32}) FROM generate_series(1, ${Math.round(bytes / rowBytes)}) i;
ANALYZE ${schema}.bulk;`

const filesFor = (bytes: number) => ({
  'stuntdouble.yaml': `sources:
${schemas.map(sourceOf).join('\n')}
limits: { poolSize: ${Math.ceil((2 * bytes) / 1e9) + 4}g }
`,
  ...Object.fromEntries(
    schemas.map((schema) => [`${schema}.yaml`, `${schema}.bulk: { id: keep, filler: keep }\n`]),
  ),
})

const sourceOf = (schema: Schema) =>
  `  ${schema}: { kind: postgres, url: "\${env:BULK_URL}", policy: ./${schema}.yaml, schemas: [${schema}] }`
