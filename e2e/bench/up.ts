import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { patientFetch } from '@stuntdouble/sdk/node'
import type { Stuntdouble } from '../lib/stuntdouble.ts'
import { dockerRun } from './docker-run.ts'
import { report } from './report.ts'
import { openShop } from './shop-project.ts'
import { Stopwatch } from './stopwatch.ts'

const image = 'stuntdouble/workspace'
const blueprint = { ttl: '5m', data: { db: { source: 'shop' } } }
const yardstick = 'docker run --rm … true'
const goals = {
  'create, orchestrator just started': 1.5,
  'create, orchestrator warm': 1.5,
} as const

/**
 * How long a sandbox with a Postgres clone and a workspace takes, through the HTTP API, beside a
 * container that does nothing. Interleaved, so that a busy minute is busy for all of them.
 */
export async function benchUp(rounds: number): Promise<void> {
  await using shop = await openShop('limits: { poolSize: 8g }\npool: off\n')
  const { project } = shop
  const watch = new Stopwatch()
  for (let done = 0; done < rounds; done += 1) {
    await round(project, watch)
    process.stderr.write(`round ${done + 1} of ${rounds}\r`)
  }
  await report({ bench: 'up', samples: watch.samples, yardstick, goals })
}

async function round(project: Stuntdouble, watch: Stopwatch): Promise<void> {
  await watch.time(yardstick, () => dockerRun(image))
  await project.stopOrchestrator()
  await project.json(['snapshot', 'ls'])
  const control = await project.control()
  // The client loads a library with its first long call; that is not the orchestrator's time.
  await patientFetch((await project.orchestrator())?.url ?? '', {})
  await life('create, orchestrator just started', control, watch)
  await watch.time(yardstick, () => dockerRun(image))
  await life('create, orchestrator warm', control, watch)
}

async function life(what: string, control: ControlClient, watch: Stopwatch): Promise<void> {
  const handover = await watch.time(what, () => control.createSandbox({ blueprint }))
  const box = await Sandbox.connect(handover)
  await watch.time('first command', () => box.commands.run('psql "$DATABASE_URL" -c "SELECT 1"'))
  await watch.time('second command (true)', () => box.commands.run(['true']))
  const receipt = await watch.time('destroy, with its receipt', () =>
    control.destroySandbox(handover.id),
  )
  if (!receipt.clean) throw new Error(`${handover.id} was not clean: ${receipt.doubts.join('; ')}`)
}
