import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { keep } from './report.ts'
import { bounds, type Measure, type Sample, sampleOf } from './soak-sample.ts'
import { median } from './statistics.ts'

export interface Growth {
  readonly what: Measure
  readonly first: number
  readonly last: number
  readonly allowed: number
  readonly isWithin: boolean
}

export interface Soaked {
  readonly cycles: number
  readonly growth: readonly Growth[]
  readonly samples: readonly Sample[]
}

/** However slow the machine is, a first tenth and a last are told apart. */
const fewestSamples = 10
/** What is opened once, with the first sandboxes, is no growth. */
const warmUpCycles = 3

/** Creates, uses and ends sandboxes for so long. Throws when a receipt is not clean. */
export async function soak(ms: number): Promise<Soaked> {
  const configuration = 'limits: { poolSize: 2g }\n'
  await using home = await Stuntdouble.open({ files: { 'stuntdouble.yaml': configuration } })
  await home.json(['ls'])
  const control = await home.control()
  const until = Date.now() + ms
  const samples: Sample[] = []
  for (let cycle = 1; Date.now() < until || samples.length < fewestSamples; cycle += 1) {
    await live(control)
    if (cycle > warmUpCycles) samples.push(await sampleOf(home, cycle))
    process.stderr.write(`cycle ${cycle}\r`)
  }
  return { cycles: samples.length, growth: growthOf(samples), samples }
}

async function live(control: ControlClient): Promise<void> {
  await using box = Sandbox.of(await control.createSandbox({ ttl: '10m' }), control)
  await box.files.write('/workspace/note.txt', 'written')
  const { stdout } = await box.commands.run('cat note.txt && head -c 1000000 /dev/zero > zeros')
  if (stdout !== 'written') throw new Error(`${box.id} says: ${stdout}`)
  const { clean, doubts } = await control.destroySandbox(box.id)
  if (!clean) throw new Error(`${box.id} was not clean: ${doubts.join('; ')}`)
}

/** Medians of the first tenth and the last. */
export function growthOf(samples: readonly Sample[]): readonly Growth[] {
  const tenth = Math.ceil(samples.length / 10)
  return (Object.keys(bounds) as Measure[]).map((what) => {
    const of = (part: readonly Sample[]) => median(part.map((sample) => sample[what]))
    const [first, last, allowed] = [
      of(samples.slice(0, tenth)),
      of(samples.slice(-tenth)),
      bounds[what],
    ]
    return { what, first, last, allowed, isWithin: last - first <= allowed }
  })
}

/** Ends with 1 where anything grew beyond its bound. */
export async function benchSoak(minutes: number): Promise<void> {
  const soaked = await soak(minutes * 60_000)
  console.log(`${soaked.cycles} cycles`)
  for (const { what, first, last, allowed, isWithin } of soaked.growth) {
    const numbers = [first, last].map((number) => number.toFixed(1).padStart(9)).join(' →')
    console.log(`${what.padEnd(32)}${numbers}   ${isWithin ? 'within' : 'BEYOND'} +${allowed}`)
  }
  console.log(`\nEvery sample: ${await keep('soak', soaked)}`)
  if (soaked.growth.some(({ isWithin }) => !isWithin)) process.exitCode = 1
}
