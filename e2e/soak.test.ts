import { expect, test } from 'vitest'
import { growthOf, soak } from './bench/soak.ts'
import { bounds, type Sample } from './bench/soak-sample.ts'

// biome-ignore lint/style/noProcessEnv: who releases says for how long
const minutes = Number(process.env.SOAK_MINUTES ?? 0.5)

const flat = Object.fromEntries(Object.keys(bounds).map((what) => [what, 10])) as Sample

test('a container left by every tenth cycle is growth, and a busy minute is none', () => {
  const leaking = Array.from({ length: 100 }, (_, at) => ({
    ...flat,
    containers: Math.floor(at / 10),
    descriptors: at % 7 === 0 ? 200 : 40,
  }))

  expect(growthOf(leaking).filter(({ isWithin }) => !isWithin)).toMatchObject([
    { what: 'containers' },
  ])
})

test(
  'sandboxes that come and go leave the orchestrator and the engine as they were',
  async () => {
    const { growth, cycles } = await soak(minutes * 60_000)

    expect(growth.filter(({ isWithin }) => !isWithin)).toEqual([])
    expect(cycles).toBeGreaterThanOrEqual(10)
  },
  (minutes + 4) * 60_000,
)
