import { setTimeout as sleep } from 'node:timers/promises'
import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { patientFetch } from '@stuntdouble/sdk/node'
import type { Stuntdouble } from '../lib/stuntdouble.ts'
import { dockerRun } from './docker-run.ts'
import { heldMemoryBytes } from './pod-containers.ts'
import { report } from './report.ts'
import { openShop } from './shop-project.ts'
import { median } from './statistics.ts'
import { Stopwatch } from './stopwatch.ts'

const image = 'stuntdouble/workspace'
const blueprint = { ttl: '5m', data: { db: { source: 'shop' } } }
const yardstick = 'docker run --rm … true'
const started = 'create, orchestrator just started'
const warm = 'create, orchestrator warm'
const destroy = 'destroy, with its receipt'
const goals = { [started]: 1.5, [warm]: 1.5 } as const

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
  const figures = {
    'end to the receipt, beside creation (goal ≤ 1)': endBesideCreation(watch.samples),
    'MiB of an idle one, page cache left out (goal ≤ 57)': await idleMebibytes(project),
  }
  await report({ bench: 'up', samples: watch.samples, yardstick, goals, figures })
}

function endBesideCreation(samples: Stopwatch['samples']): number {
  const created = [...(samples[started] ?? []), ...(samples[warm] ?? [])]
  return median(samples[destroy] ?? []) / median(created)
}

async function idleMebibytes(project: Stuntdouble): Promise<number> {
  const control = await project.control()
  const { id } = await control.createSandbox({ blueprint })
  await sleep(3_000)
  const bytes = await heldMemoryBytes(id)
  await control.destroySandbox(id)
  return bytes / 2 ** 20
}

async function round(project: Stuntdouble, watch: Stopwatch): Promise<void> {
  await watch.time(yardstick, () => dockerRun(image))
  await project.stopOrchestrator()
  await project.json(['snapshot', 'ls'])
  const control = await project.control()
  // The client loads a library with its first long call; that is not the orchestrator's time.
  await patientFetch((await project.orchestrator())?.url ?? '', {})
  await life(started, control, watch)
  await watch.time(yardstick, () => dockerRun(image))
  await life(warm, control, watch)
}

async function life(what: string, control: ControlClient, watch: Stopwatch): Promise<void> {
  const handover = await watch.time(what, () => control.createSandbox({ blueprint }))
  const box = await Sandbox.connect(handover)
  await watch.time('first command', () => box.commands.run('psql "$DATABASE_URL" -c "SELECT 1"'))
  await watch.time('second command (true)', () => box.commands.run(['true']))
  const receipt = await watch.time(destroy, () => control.destroySandbox(handover.id))
  if (!receipt.clean) throw new Error(`${handover.id} was not clean: ${receipt.doubts.join('; ')}`)
}
