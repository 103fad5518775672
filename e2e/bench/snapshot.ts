import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Production, startProduction } from '../lib/production.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { plainCopy } from './plain-copy.ts'
import { keep } from './report.ts'
import { type MeasuredBuild, measureBuild } from './snapshot-build.ts'
import {
  bigPolicy,
  bigSql,
  bigTables,
  customersIn,
  narrowPolicy,
  narrowSql,
} from './snapshot-data.ts'
import { median } from './statistics.ts'

export interface SnapshotBenchOptions {
  readonly rounds: number
  /** Of COPY text in the large database. */
  readonly sizeBytes: number
  /** Of the narrow table. */
  readonly rows: number
}

const goals = { ratio: 1.2, rowsPerSecond: 250_000, leakBytesPerSecond: 200e6, peakBytes: 300e6 }

/**
 * A masked snapshot from the first look to the seal, beside an unmasked copy through a pipe, in one
 * run: interleaved, so that a busy minute is busy for both.
 */
export async function benchSnapshot(options: SnapshotBenchOptions): Promise<void> {
  await using production = await startProduction()
  tell('generating production')
  const customers = customersIn(options.sizeBytes)
  await fill(production, `${bigSql(customers)}${narrowSql(options.rows)}`)
  await using project = await Stuntdouble.open({ files, env: { SHOP_URL: production.url } })
  const plain: number[] = []
  const masked: MeasuredBuild[] = []
  const narrow: MeasuredBuild[] = []
  for (let round = 1; round <= options.rounds; round += 1) {
    tell(`round ${round} of ${options.rounds}`)
    plain.push(await plainCopy(production, bigTables))
    masked.push(await buildAndRemove(project, 'shop'))
    narrow.push(await buildAndRemove(project, 'narrow'))
  }
  await report(options, { plain, masked, narrow })
}

async function fill(production: Production, sql: string): Promise<void> {
  await using cleanup = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'stuntdouble-bench-'))
  cleanup.defer(() => rm(directory, { recursive: true }))
  const file = join(directory, 'production.sql')
  await writeFile(file, sql)
  await production.load(file)
}

async function buildAndRemove(project: Stuntdouble, source: string): Promise<MeasuredBuild> {
  await project.json(['snapshot', 'ls'])
  const measured = await measureBuild(project, source)
  await project.run(['snapshot', 'rm', measured.snapshot.id])
  return measured
}

interface Samples {
  readonly plain: readonly number[]
  readonly masked: readonly MeasuredBuild[]
  readonly narrow: readonly MeasuredBuild[]
}

async function report(options: SnapshotBenchOptions, samples: Samples): Promise<void> {
  const { plain, masked, narrow } = samples
  const ratio = median(masked.map(({ ms }) => ms)) / median(plain)
  const rowsPerSecond = median(narrow.map((build) => perSecond(build, 'copy', build.snapshot.rows)))
  const searched = ({ snapshot }: MeasuredBuild) => snapshot.leakCheck?.bytes ?? Number.NaN
  const leakBytesPerSecond = median(
    masked.map((build) => perSecond(build, 'leaks', searched(build))),
  )
  const peakBytes = Math.max(...[...masked, ...narrow].map((build) => build.peakBytes))
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  console.log(`unmasked COPY | COPY and indexes   ${seconds(median(plain))}
masked, verified and sealed        ${seconds(median(masked.map(({ ms }) => ms)))}
ratio                              ${ratio.toFixed(2)}×  ${verdict(ratio <= goals.ratio, `≤ ${goals.ratio}×`)}
masked rows, narrow table          ${Math.round(rowsPerSecond / 1000)} 000 /s  ${verdict(rowsPerSecond >= goals.rowsPerSecond, '≥ 250 000 /s')}
leak check reads                   ${megabytes(leakBytesPerSecond)}/s  ${verdict(leakBytesPerSecond >= goals.leakBytesPerSecond, '≥ 200 MB/s')}
orchestrator's memory, at its peak ${megabytes(peakBytes)}  ${verdict(peakBytes < goals.peakBytes, '< 300 MB')}

Phases: ${phasesOf(masked)}`)
  const figures = { ratio, rowsPerSecond, leakBytesPerSecond, peakBytes }
  console.log(`Every sample: ${await keep('snapshot', { options, goals, figures, samples })}`)
}

const perSecond = ({ phases }: MeasuredBuild, phase: string, amount: number) =>
  amount / ((phases[phase] ?? Number.NaN) / 1000)

const verdict = (reached: boolean, goal: string) => `${goal} ${reached ? 'reached' : 'missed'}`

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

const phasesOf = ([first]: readonly MeasuredBuild[]) =>
  Object.entries(first?.phases ?? {})
    .map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)} s`)
    .join(', ')

const tell = (what: string) => process.stderr.write(`${what}\n`)

const files = {
  'stuntdouble.yaml': `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./shop.yaml, schemas: [shop] }
  narrow: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./narrow.yaml, schemas: [narrow] }
limits: { poolSize: 16g }
`,
  'shop.yaml': bigPolicy,
  'narrow.yaml': narrowPolicy,
}
