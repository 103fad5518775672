import { Blueprint } from '@stuntdouble/sdk/wire'
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

  test('one whose gate ended in the last second of its lease has come to the end of it', () => {
    const sandbox = aSandbox({ state: 'ready' })
    const early = sandbox.expiresAt - 400

    expect(plan(sandbox, [exited('gate')], early)).toEqual({ do: 'end', reason: 'expired' })
    expect(plan(sandbox, [exited('gate')], early - 1_000)).toEqual({ do: 'end', reason: 'died' })
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

  describe('with a pre-stop command', () => {
    const preStop = { preStop: { command: './save.sh', timeout: '10s' } }
    const ready = aSandbox({ blueprint: Blueprint.parse(preStop) })

    test('runs that before an orderly end, once', () => {
      const asked = { ...ready, endReason: 'down' } as const

      expect(plan(asked, whole, 1_000)).toEqual({ do: 'preStop', reason: 'down' })
      expect(plan({ ...asked, preStopAt: 900 }, whole, 1_000).do).toBe('end')
      expect(plan({ ...asked, state: 'creating' }, whole, 1_000).do).toBe('end')
      expect(plan(asked, [running('gate'), exited('workspace')], 1_000).do).toBe('end')
      expect(plan({ ...ready, endReason: 'canary' }, whole, 1_000).do).toBe('end')
    })

    test('begins its hard end so early that it is over by then, and its idle end in time', () => {
      const hard = { ...ready, idleMs: 7_200_000 }
      expect(plan(hard, whole, 3_589_999).do).toBe('warn')
      expect(plan(hard, whole, 3_590_000)).toEqual({ do: 'preStop', reason: 'expired' })
      expect(plan(hard, whole, 3_600_000)).toEqual({ do: 'end', reason: 'expired' })

      const idle = { ...ready, idleMs: 60_000 }
      expect(plan(idle, whole, 60_000)).toEqual({ do: 'preStop', reason: 'idle' })
      expect(plan(idle, whole, 70_000)).toEqual({ do: 'end', reason: 'idle' })
    })
  })

  test('an end that is near is warned of once, and a later one again', () => {
    const end = { reason: 'expired', at: 3_600_000 } as const
    const sandbox = aSandbox({ idleMs: 7_200_000 })

    expect(plan(sandbox, whole, 3_539_999).do).toBe('rest')
    expect(plan(sandbox, whole, 3_540_000)).toEqual({ do: 'warn', end })
    const warned = { ...sandbox, warnedOf: end.at }
    expect(plan(warned, whole, 3_599_999).do).toBe('rest')
    expect(plan({ ...warned, expiresAt: 4_000_000 }, whole, 3_950_000).do).toBe('warn')
  })

  test.each([
    ['a tenth of a short lease', {}, 100_000, 10_000],
    ['as long before as was asked for', { warnBefore: '5m' }, 3_600_000, 300_000],
    ['never in its first half', { warnBefore: '5m' }, 100_000, 50_000],
  ])('a warning comes %s', (...[, blueprint, idleMs, before]) => {
    const sandbox = aSandbox({ idleMs, blueprint: Blueprint.parse(blueprint), expiresAt: 9e9 })

    expect(plan(sandbox, whole, idleMs - before - 1).do).toBe('rest')
    expect(plan(sandbox, whole, idleMs - before)).toEqual({
      do: 'warn',
      end: { reason: 'idle', at: idleMs },
    })
  })

  test('one that is ending is destroyed until its receipt is written, whatever is seen', () => {
    expect(plan(aSandbox({ state: 'ending' }), [], 1_000)).toEqual({ do: 'destroy' })
    expect(plan(aSandbox({ state: 'ending' }), whole, 1_000)).toEqual({ do: 'destroy' })
  })

  test('one on its way back to a checkpoint goes on with that, with or without its members', () => {
    const sandbox = aSandbox({ rollback: 'cp000000000000' })

    for (const seen of [whole, [running('gate')], [running('gate'), exited('db')]])
      expect(plan(sandbox, seen, 1_000)).toEqual({ do: 'rollback' })
  })

  test('on its way back it ends like any: without its gate, on request, with its lease', () => {
    const sandbox = aSandbox({ rollback: 'cp000000000000', expiresAt: 5_000 })

    expect(plan(sandbox, [exited('gate')], 1_000)).toEqual({ do: 'end', reason: 'died' })
    expect(plan({ ...sandbox, endReason: 'down' }, whole, 1_000)).toMatchObject({ reason: 'down' })
    expect(plan(sandbox, whole, 5_000)).toEqual({ do: 'end', reason: 'expired' })
  })

  test('one that is paused has a hard end and no idle one', () => {
    const paused = aSandbox({ pausedAt: 500, idleMs: 1_000, expiresAt: 5_000 })

    expect(plan(paused, whole, 4_000)).toEqual({ do: 'rest' })
    expect(plan(paused, whole, 5_000)).toEqual({ do: 'end', reason: 'expired' })
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
        expect(['rest', 'warn'].includes(plan(sandbox, whole, now).do)).toBe(!over)
      }),
    )
  })
})
