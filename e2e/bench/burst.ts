import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { keep } from './report.ts'
import { composite, type Outcome, summaryOf } from './time-to-interactive.ts'

/** The public ComputeSDK benchmark runs this, and gives each sandbox so long. */
const command = ['node', '-v']
const withinMs = 120_000
const staggerMs = 200
const blueprint = { limits: { memory: '256m' } }

/**
 * Time to interactive as the ComputeSDK benchmark defines it (github.com/computesdk/benchmarks,
 * METHODOLOGY.md): from the request to the end of a first `node -v`, one after the other, 200 ms apart,
 * and all at once. Nothing is retried; what is not timed is the end.
 */
export async function benchBurst(count: number): Promise<void> {
  await using project = await Stuntdouble.open({ files: { 'stuntdouble.yaml': configuration } })
  await project.json(['doctor'])
  const control = await project.control()
  await (await begin(control)).end()
  const atOnce = { project, control, count }
  const results = {
    sequential: await sequential(control, count),
    staggered: await together(atOnce, staggerMs),
    burst: await together(atOnce, 0),
  }
  const modes = Object.entries(results).map(([mode, { outcomes, ...times }]) => ({
    mode,
    ...{ ...times, concurrency: mode === 'sequential' ? 1 : count },
    ...{ summary: summaryOf(outcomes), compositeScore: composite(outcomes), iterations: outcomes },
  }))
  for (const { mode, summary, compositeScore, wallClockMs } of modes) {
    const { median, p95, p99, failed } = summary
    console.log(
      `${mode.padEnd(12)} p50 ${ms(median)}  p95 ${ms(p95)}  p99 ${ms(p99)}  failed ${failed} of ${count}  score ${compositeScore.toFixed(1)}  in ${ms(wallClockMs)}`,
    )
  }
  const { memoryMebibytes = 0 } = results.burst
  console.log(
    `orchestrator with ${count} sandboxes: ${Math.round(memoryMebibytes)} MiB (goal ≤ 190)`,
  )
  console.log(`\nEvery sample: ${await keep('burst', { bench: 'burst', count, modes })}`)
}

interface Run {
  readonly outcomes: readonly Outcome[]
  readonly wallClockMs: number
  readonly timeToFirstReadyMs: number | null
  /** Resident, of the orchestrator, while all of them run. */
  readonly memoryMebibytes?: number
}

interface AtOnce {
  readonly project: Stuntdouble
  readonly control: ControlClient
  readonly count: number
}

async function sequential(control: ControlClient, count: number): Promise<Run> {
  const since = performance.now()
  const outcomes: Outcome[] = []
  for (let done = 0; done < count; done += 1) {
    const one = await begin(control)
    outcomes.push(one.outcome)
    await one.end()
  }
  return { outcomes, wallClockMs: performance.now() - since, timeToFirstReadyMs: null }
}

/** All are held until the last is ready, or was refused. */
async function together({ project, control, count }: AtOnce, delayMs: number): Promise<Run> {
  const since = performance.now()
  let firstAt: number | null = null
  const begun = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      await sleep(index * delayMs)
      const one = await begin(control)
      firstAt ??= one.outcome.ttiMs === null ? null : performance.now() - since
      return one
    }),
  )
  const wallClockMs = performance.now() - since
  const memoryMebibytes = await memoryOf(project)
  await Promise.all(begun.map(({ end }) => end()))
  await control.drainPool()
  const left = await control.listSandboxes()
  if (left.length > 0) throw new Error(`${left.length} sandboxes are left`)
  const outcomes = begun.map(({ outcome }) => outcome)
  return { outcomes, wallClockMs, timeToFirstReadyMs: firstAt, memoryMebibytes }
}

async function memoryOf(project: Stuntdouble): Promise<number> {
  const { pid } = (await project.orchestrator()) ?? {}
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

async function begin(control: ControlClient) {
  const signal = AbortSignal.timeout(withinMs)
  const since = performance.now()
  try {
    const handover = await control.createSandbox({ blueprint, ttl: '10m' }, { signal })
    const end = async () => {
      const { clean, doubts } = await control.destroySandbox(handover.id)
      if (!clean) throw new Error(`${handover.id} was not clean: ${doubts.join('; ')}`)
    }
    try {
      const { stdout } = await Sandbox.of(handover, control).commands.run(command)
      if (!stdout.startsWith('v')) throw new Error(`node -v said ${stdout}`)
      return { outcome: { ttiMs: performance.now() - since }, end }
    } catch (cause) {
      return { outcome: { ttiMs: null, error: String(cause) }, end }
    }
  } catch (cause) {
    return { outcome: { ttiMs: null, error: String(cause) }, end: async () => {} }
  }
}

const ms = (value: number | null) => (value === null ? '-' : `${Math.round(value)} ms`)

const configuration = 'pool: auto\nlimits: { maxSandboxes: 110, poolSize: 8g }\n'
