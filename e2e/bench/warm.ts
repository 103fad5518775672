import { setTimeout as sleep } from 'node:timers/promises'
import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { patientFetch } from '@stuntdouble/sdk/node'
import { dockerRun } from './docker-run.ts'
import { report } from './report.ts'
import { openShop } from './shop-project.ts'
import { Stopwatch } from './stopwatch.ts'

const image = 'stuntdouble/workspace'
const blueprint = { ttl: '5m', data: { db: { source: 'shop' } } }
const yardstick = 'docker run --rm … true'
const whole = 'warm create → first output'
const goals = { [whole]: 0.05 } as const

/**
 * How long it takes from the request for a sandbox that is kept ready, a Postgres clone included, to
 * the output of a first command in it, beside a container that does nothing.
 */
export async function benchWarm(rounds: number): Promise<void> {
  await using shop = await openShop('pool: auto\n')
  const control = await shop.project.control()
  // The client loads a library with its first long call; that is not the orchestrator's time.
  await patientFetch((await shop.project.orchestrator())?.url ?? '', {})
  await life(control, new Stopwatch())
  const watch = new Stopwatch()
  for (let done = 0; done < rounds; done += 1) {
    await watch.time(yardstick, () => dockerRun(image))
    await untilReady(control)
    await life(control, watch)
    process.stderr.write(`round ${done + 1} of ${rounds}\r`)
  }
  await report({ bench: 'warm', samples: watch.samples, yardstick, goals })
}

async function life(control: ControlClient, watch: Stopwatch): Promise<void> {
  const since = performance.now()
  const handover = await watch.time('of that, the hand-over', () =>
    control.createSandbox({ blueprint }),
  )
  const box = Sandbox.of(handover, control)
  await watch.time('of that, the first command', () => box.commands.run(['true']))
  watch.add(whole, performance.now() - since)
  await watch.time('second command', () => box.commands.run(['true']))
  const isWarm = (await control.events(handover.id)).some(({ type }) => type === 'warm')
  if (!isWarm && watch.samples[whole]?.length !== 1) throw new Error(`${handover.id} was made cold`)
  await control.destroySandbox(handover.id)
}

/** One is there, and nothing is being made beside it. */
async function untilReady(control: ControlClient): Promise<void> {
  for (;;) {
    const { blueprints } = await control.pool()
    if (blueprints.every(({ warm, making }) => warm > 0 && making === 0)) return
    await sleep(50)
  }
}
