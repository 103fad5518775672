import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ContainerStatus } from '../engine/engine.ts'
import { plan } from './plan.ts'
import { aSandbox } from './test-sandbox.ts'

const running = (name: string): ContainerStatus => ({
  id: name,
  name,
  state: 'running',
  exitCode: null,
})
const exited = (name: string): ContainerStatus => ({
  ...running(name),
  state: 'exited',
  exitCode: 137,
})
const whole = ['gate', 'workspace', 'db'].map(running)

describe('the next step of a sandbox', () => {
  test('a row without containers is started', () => {
    expect(plan(aSandbox({ state: 'creating' }), [], 1_000)).toEqual({ do: 'start' })
  })

  test('one that is ready and whole rests', () => {
    expect(plan(aSandbox({ state: 'ready' }), whole, 1_000)).toEqual({ do: 'rest' })
  })

  test('one whose gate ended before its lease died', () => {
    const seen = [exited('gate'), exited('workspace'), exited('db')]

    expect(plan(aSandbox({ state: 'ready' }), seen, 1_000)).toEqual({ do: 'end', reason: 'died' })
  })

  test('one whose gate ended because its lease did, has expired', () => {
    const sandbox = aSandbox({ state: 'ready', expiresAt: 5_000 })

    expect(plan(sandbox, [exited('gate')], 5_000)).toEqual({ do: 'end', reason: 'expired' })
  })

  test('one that nobody used ends as idle', () => {
    const sandbox = aSandbox({ state: 'ready', activeAt: 1_000, idleMs: 2_000 })

    expect(plan(sandbox, whole, 3_000)).toEqual({ do: 'end', reason: 'idle' })
  })

  test('a lost database alone does not end it', () => {
    const seen = [running('gate'), running('workspace'), exited('db')]

    expect(plan(aSandbox({ state: 'ready' }), seen, 1_000)).toEqual({ do: 'rest' })
  })

  test('the first reason for an end stays', () => {
    const sandbox = aSandbox({ state: 'ready', endReason: 'down', expiresAt: 500 })

    expect(plan(sandbox, whole, 1_000)).toEqual({ do: 'end', reason: 'down' })
  })

  test('one that is ending is destroyed until its receipt is written, whatever is seen', () => {
    expect(plan(aSandbox({ state: 'ending' }), [], 1_000)).toEqual({ do: 'destroy' })
    expect(plan(aSandbox({ state: 'ending' }), whole, 1_000)).toEqual({ do: 'destroy' })
  })

  test('one that has ended is never touched again', () => {
    fc.assert(
      fc.property(fc.integer(), fc.subarray(whole), (now, seen) => {
        expect(plan(aSandbox({ state: 'ended' }), seen, now)).toEqual({ do: 'rest' })
      }),
    )
  })

  test('no sandbox rests past its lease', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), fc.nat(100_000), (expiresAt, activeAt, now) => {
        const sandbox = aSandbox({ state: 'ready', expiresAt, activeAt, idleMs: 1_000 })
        const over = now >= expiresAt || now >= activeAt + 1_000
        expect(plan(sandbox, whole, now).do === 'rest').toBe(!over)
      }),
    )
  })
})
