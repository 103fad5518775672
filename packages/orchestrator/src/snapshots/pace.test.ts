import type { Progress } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { heldFor, Pace } from './pace.ts'

function pace(heldSince: number | undefined) {
  let now = 100_000
  const told: Omit<Progress, 'type'>[] = []
  const onProgress = (progress: Omit<Progress, 'type'>) => told.push(progress)
  const made = new Pace({ estimatedRows: 100, heldSince, clock: () => now, onProgress })
  const pass = (ms: number) => {
    now += ms
  }
  return { made, told, pass }
}

test('progress tells rows, rate, and for how long the source holds a snapshot', () => {
  const { made, told, pass } = pace(70_000)
  pass(10_000)
  made.advance(50, 'shop.event')

  expect(told[0]).toMatchObject({
    message: "Copying shop.event (the source's snapshot is held for 40 s)",
    ...{ done: 50, total: 100, perSecond: 5, etaSeconds: 10 },
  })
})

test('what a source cannot tell is left out', () => {
  const { made, told } = pace(undefined)
  made.advance(1, 'shop.event')

  expect(told[0]?.message).toBe('Copying shop.event')
})

test.each([
  [40_000, '40 s'],
  [12 * 60_000, '12 min'],
  [3 * 3_600_000, '3 h'],
])('%i ms are said as %s', (ms, text) => {
  expect(heldFor(ms)).toBe(text)
})
