import { describe, expect, test } from 'vitest'
import { formatAgo, formatDuration, formatLeft, leaseLeft, nextEnding, urgencyOf } from './time.ts'

const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString()
const clock = (minutes: number) => Date.parse(at(minutes))

describe('time left', () => {
  test.each([
    [-5, '0s'],
    [999, '0s'],
    [59_999, '59s'],
    [60_000, '1m 00s'],
    [750_000, '12m 30s'],
    [3_599_999, '59m 59s'],
    [3_840_000, '1h 04m'],
    [97_200_000, '1d 3h'],
  ])('%d ms reads %s', (milliseconds, text) => {
    expect(formatLeft(milliseconds)).toBe(text)
  })

  test('the idle end counts only when it comes first', () => {
    expect(nextEnding({ expiresAt: at(30), idleAt: at(10) })).toEqual({ at: at(10), why: 'idle' })
    expect(nextEnding({ expiresAt: at(30), idleAt: at(30) })).toEqual({ at: at(30), why: 'lease' })
  })

  test('the bar runs from full to empty and never beyond', () => {
    const lease = { createdAt: at(0), expiresAt: at(40) }

    expect(leaseLeft(lease, clock(-1))).toBe(1)
    expect(leaseLeft(lease, clock(10))).toBe(0.75)
    expect(leaseLeft(lease, clock(41))).toBe(0)
    expect(leaseLeft({ createdAt: at(0), expiresAt: at(0) }, clock(0))).toBe(0)
  })

  test('five minutes are soon and one is now', () => {
    expect([300_001, 300_000, 60_000].map(urgencyOf)).toEqual(['calm', 'soon', 'now'])
  })
})

test.each([
  [-1, 'just now'],
  [0.5, 'just now'],
  [59, '59 min ago'],
  [61, '1 h ago'],
  [3000, '2 d ago'],
])('%d minutes past read %s', (minutes, text) => {
  expect(formatAgo(at(0), clock(minutes))).toBe(text)
})

test.each([
  [340.2, '340 ms'],
  [2_400, '2.4 s'],
  [65_000, '1m 05s'],
])('a command of %d ms took %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})
