import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { repository } from '../lib/images.ts'
import { median, percentile } from './statistics.ts'

export interface BenchReport {
  readonly bench: string
  readonly samples: Readonly<Record<string, readonly number[]>>
  /** What every median is divided by. */
  readonly yardstick: string
  /** The ratio to reach at most, where DESIGN names one. */
  readonly goals: Readonly<Record<string, number>>
  /** What is no time, by what it is. */
  readonly figures?: Readonly<Record<string, number>>
}

/** Prints medians and ratios, and keeps every sample in a file. */
export async function report(result: BenchReport): Promise<void> {
  const unit = median(result.samples[result.yardstick] ?? [])
  const rows = Object.entries(result.samples).map(([what, samples]) =>
    rowOf(result, what, { samples, unit }),
  )
  console.log([['', 'p50', 'p99', 'n', 'ratio', 'goal', ''], ...rows].map(line).join('\n'))
  for (const [what, figure] of Object.entries(result.figures ?? {})) {
    console.log(`${what}: ${figure.toFixed(2)}`)
  }
  console.log(`\nEvery sample: ${await keep(result.bench, result)}`)
}

function rowOf(
  { goals }: BenchReport,
  what: string,
  { samples, unit }: { samples: readonly number[]; unit: number },
): readonly string[] {
  const ratio = median(samples) / unit
  const goal = goals[what]
  return [
    what,
    milliseconds(median(samples)),
    milliseconds(percentile(samples, 99)),
    `${samples.length}`,
    `${ratio.toFixed(2)}×`,
    goal === undefined ? '' : `≤ ${goal}×`,
    goal === undefined ? '' : ratio <= goal ? 'reached' : 'missed',
  ]
}

const milliseconds = (ms: number) => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`

const line = ([what = '', ...cells]: readonly string[]) =>
  [what.padEnd(34), ...cells.map((cell) => cell.padStart(9))].join('').trimEnd()

/** The file in which all of a result is, beside the machine that it was measured on. */
export async function keep(bench: string, result: object): Promise<string> {
  const directory = join(repository, '.tools/bench')
  await mkdir(directory, { recursive: true })
  const file = join(directory, `${bench}-${new Date().toISOString().replaceAll(':', '')}.json`)
  const machine = {
    cpus: cpus().length,
    memoryBytes: totalmem(),
    load: loadavg(),
    node: process.version,
  }
  await writeFile(file, JSON.stringify({ ...result, machine }, null, 2))
  return file
}
