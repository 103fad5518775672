import { describe, expect, test, vi } from 'vitest'
import { eventTypes, openLifecycle } from './testing/lifecycle-under-test.ts'

const minute = 60_000

describe('an orchestrator that starts again', () => {
  test('adopts what runs, which can be used and ended', async () => {
    await using under = await openLifecycle()
    const { id, token } = await under.create()
    await under.sandboxes[Symbol.asyncDispose]()
    await using later = under.restarted()
    await later.adopt()

    expect(later.get(id).state).toBe('ready')
    expect(under.capabilities.verify(token)).toBe(id)
    expect(under.engine.dialOut(id).readable).toBe(true)
    expect(eventTypes(under.recorder.list(id))).toContain('adopted')
    expect(await later.end(id, 'down')).toMatchObject({ clean: true })
  })

  test('ends what expired meanwhile', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '5m' })
    await under.sandboxes[Symbol.asyncDispose]()
    under.time.now += 6 * minute
    await using later = under.restarted()
    await later.adopt()

    expect(later.receipt(id)).toMatchObject({ clean: true, reason: 'expired' })
    expect(await under.remains()).toEqual([])
  })

  test('ends what was half made', async () => {
    await using under = await openLifecycle()
    under.ready = () => new Promise(() => {})
    void under.create().catch(() => {})
    await vi.waitFor(async () => expect(await under.remains()).not.toEqual([]))
    const [{ id } = { id: '' }] = under.sandboxes.list({ ended: false })
    await using later = under.restarted()
    await later.adopt()

    expect(later.receipt(id)).toMatchObject({ clean: true, reason: 'failed' })
    expect(await under.remains()).toEqual([])
  })

  test('finishes an end that was begun', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create()
    under.engine.failNext('destroy')
    await expect(under.sandboxes.end(id, 'down')).rejects.toThrow()
    await under.sandboxes[Symbol.asyncDispose]()
    await using later = under.restarted()
    await later.adopt()

    expect(later.receipt(id)).toMatchObject({ clean: true, reason: 'down' })
  })
})
