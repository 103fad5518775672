import fc from 'fast-check'
import { expect, test } from 'vitest'
import { refreshDueAt } from './refresh-due.ts'

const day = 86_400_000
const minute = 60_000

test('a source is due when its newest snapshot is as old as the rhythm', () => {
  const builds = { newestStartedAt: 1000, failures: 0, failedAt: undefined }

  expect(refreshDueAt(builds, day)).toBe(1000 + day)
})

test('a source without a snapshot is never due', () => {
  expect(
    refreshDueAt({ newestStartedAt: undefined, failures: 3, failedAt: 5 }, day),
  ).toBeUndefined()
})

test('after a failure it waits longer each time, and never longer than the rhythm', () => {
  const waits = [1, 2, 3, 4, 10, 1000].map((failures) =>
    refreshDueAt({ newestStartedAt: 0, failures, failedAt: 0 }, day),
  )

  expect(waits).toEqual([1, 2, 4, 8, 360, 360].map((minutes) => minutes * minute))
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 1, max: day }),
      (failures, rhythm) => {
        const due = refreshDueAt({ newestStartedAt: 0, failures, failedAt: 0 }, rhythm) ?? 0
        return due > 0 && due <= rhythm
      },
    ),
  )
})
