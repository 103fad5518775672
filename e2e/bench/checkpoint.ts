import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { startProduction } from '../lib/production.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { report } from './report.ts'
import { Stopwatch } from './stopwatch.ts'

const blueprint = { ttl: '10m', data: { db: { source: 'shop' } } }
const yardstick = 'create, orchestrator warm'
const few = 5
const tenTimes = 10 * few

/**
 * What it costs to keep a state, to go back to it, and to begin another sandbox as it, beside a new
 * sandbox of the same blueprint; and again with ten times as much changed.
 */
export async function benchCheckpoint(rounds: number): Promise<void> {
  await using production = await startProduction()
  const sql = ['shop-schema.sql', 'shop-data.sql']
  await production.load(...sql.map((name) => join(import.meta.dirname, '../demo', name)))
  await using project = await Stuntdouble.open({
    files: { 'stuntdouble.yaml': config },
    env: { SHOP_URL: production.url },
  })
  await project.json(['data', 'review', '--source', 'shop'])
  await project.json(['snapshot', 'build', '--source', 'shop'], { showProgress: true })
  const control = await project.control()
  const watch = new Stopwatch()
  for (let done = 0; done < rounds; done += 1) {
    await round(control, watch)
    process.stderr.write(`round ${done + 1} of ${rounds}\r`)
  }
  const goals = Object.fromEntries(
    [few, tenTimes].flatMap((size) => [
      [of('rollback', size), 0.6],
      [of('fork of one', size), 0.6],
    ]),
  )
  await report({ bench: 'checkpoint', samples: watch.samples, yardstick, goals })
}

async function round(control: ControlClient, watch: Stopwatch): Promise<void> {
  const handover = await watch.time(yardstick, () => control.createSandbox({ blueprint }))
  await using box = Sandbox.of(handover, control)
  for (const size of [few, tenTimes]) await states(box, watch, size)
  const gone = await control.createSandbox({ blueprint })
  await watch.time('destroy, with its receipt', () => control.destroySandbox(gone.id))
}

async function states(box: Sandbox, watch: Stopwatch, size: number): Promise<void> {
  await change(box, size)
  await watch.time(of('checkpoint', size), () => box.checkpoint(`kept-${size}`))
  await change(box, 1)
  await watch.time(of('rollback', size), () => box.rollback(`kept-${size}`))
  const [fork] = await watch.time(of('fork of one', size), () => box.fork())
  await fork?.kill()
}

const of = (what: string, size: number) => `${what}, ${size} MB changed`

/** Half of it in the database, half as files of the workspace. */
async function change(box: Sandbox, megabytes: number): Promise<void> {
  const rows = `SELECT md5(random()::text) || repeat(md5(random()::text), 31) FROM generate_series(1, ${megabytes * 490})`
  const sql = `CREATE TABLE IF NOT EXISTS bulk (text text); INSERT INTO bulk ${rows}`
  const files = `for i in $(seq ${megabytes}); do head -c 500000 /dev/urandom > /workspace/$RANDOM$RANDOM; done`
  const { exitCode, stderr } = await box.commands.run(`psql -qc '${sql}' && ${files}`)
  if (exitCode !== 0) throw new Error(stderr)
}

const config = `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
limits: { poolSize: 8g }
`
