import { inspectable, openHeap } from './orchestrator-heap.ts'
import { keep } from './report.ts'
import { openShop, type ShopProject } from './shop-project.ts'
import { type Growth, growthOf } from './soak-growth.ts'
import { live } from './soak-life.ts'
import { bounds, type Sample, sampleOf } from './soak-sample.ts'

export interface SoakOptions {
  readonly minutes: number
  /** As many at least, however long it takes. */
  readonly cycles: number
}

export interface Soaked {
  readonly cycles: number
  readonly minutes: number
  readonly growth: readonly Growth[]
  readonly samples: readonly Sample[]
}

/** What is opened once, with the first sandboxes, is no growth. */
const warmUpCycles = 5
/** Every so many cycles, a sandbox is forked as well. */
const forkEvery = 4

/** Creates, uses and ends sandboxes for so long. Throws when a receipt is not clean. */
export async function soak({ minutes, cycles }: SoakOptions): Promise<Soaked> {
  await using shop = await openShop('limits: { poolSize: 4g }\n', inspectable)
  await using scope = new AsyncDisposableStack()
  const { sample, control } = await open(shop, scope)
  const since = Date.now()
  const samples: Sample[] = []
  for (let cycle = 1; Date.now() - since < minutes * 60_000 || cycle <= cycles; cycle += 1) {
    await live(control, { forks: cycle % forkEvery === 0 })
    if (cycle > warmUpCycles) samples.push(await sample(cycle))
    process.stderr.write(`cycle ${cycle}\r`)
  }
  const growth = growthOf(samples)
  return { cycles: samples.length, minutes: (Date.now() - since) / 60_000, growth, samples }
}

async function open({ project }: ShopProject, scope: AsyncDisposableStack) {
  const control = await project.control()
  const pid = (await project.orchestrator())?.pid ?? 0
  const heap = scope.use(await openHeap(project, pid))
  return { control, sample: (cycle: number) => sampleOf({ home: project, pid, heap }, cycle) }
}

/** Ends with 1 where anything grew beyond its bound. */
export async function benchSoak(options: SoakOptions): Promise<void> {
  const soaked = await soak(options)
  for (const growth of soaked.growth) console.log(lineOf(growth))
  console.log(`\nEvery sample: ${await keep('soak', soaked)}`)
  const grown = soaked.growth.filter(({ isWithin }) => !isWithin).map(({ what }) => what)
  const during = `in ${soaked.cycles} cycles and ${soaked.minutes.toFixed(0)} minutes`
  console.log(
    grown.length === 0 ? `Nothing grew ${during}.` : `Grew ${during}: ${grown.join(', ')}.`,
  )
  if (grown.length > 0) process.exitCode = 1
}

function lineOf({ what, first, last, by, allowed, isWithin }: Growth): string {
  const { each } = bounds[what]
  const numbers = [first, last].map((number) => number.toFixed(1).padStart(9)).join(' →')
  const difference = `${by < 0 ? '' : '+'}${by.toFixed(1)}${each ? ` each ${each}` : ''}`
  return `${what.padEnd(32)}${numbers}  ${difference.padEnd(18)} ${isWithin ? 'within' : 'BEYOND'} +${allowed}`
}
