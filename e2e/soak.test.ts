import { expect, test } from 'vitest'
import { soak } from './bench/soak.ts'
import { growthOf } from './bench/soak-growth.ts'
import { bounds, type Measure, type Sample } from './bench/soak-sample.ts'

// biome-ignore lint/style/noProcessEnv: who releases says for how long
const minutes = Number(process.env.SOAK_MINUTES ?? 5)

const flat = Object.fromEntries(Object.keys(bounds).map((what) => [what, 10]))

const after = (cycle: number, differs: Partial<Record<Measure, number>>) =>
  ({ ...flat, cycle, ...differs }) as Sample

const grownIn = (samples: readonly Sample[]) =>
  growthOf(samples).flatMap(({ what, isWithin }) => (isWithin ? [] : [what]))

const cycles = Array.from({ length: 100 }, (_, at) => at + 1)

test('a container left by every tenth cycle is growth, and a busy minute is none', () => {
  const samples = cycles.map((cycle) =>
    after(cycle, {
      containers: Math.floor(cycle / 10),
      descriptors: cycle % 7 === 0 ? 200 : 40,
    }),
  )

  expect(grownIn(samples)).toEqual(['containers'])
})

test('rows may come with every cycle, and no more of them than are spoken for', () => {
  const rows = (each: number) => cycles.map((cycle) => after(cycle, { rows: each * cycle }))

  expect(grownIn(rows(bounds.rows.most))).toEqual([])
  expect(grownIn(rows(bounds.rows.most + 1))).toEqual(['rows'])
})

test(
  'sandboxes that come and go leave the orchestrator and the engine as they were',
  async () => {
    const { growth, cycles } = await soak({ minutes, cycles: 15 })

    expect(growth.filter(({ isWithin }) => !isWithin)).toEqual([])
    expect(cycles).toBeGreaterThanOrEqual(10)
  },
  (minutes + 10) * 60_000,
)
