import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { describe, expect, test, vi } from 'vitest'
import type { Sandboxes } from './sandboxes.ts'
import { openLifecycle } from './testing/lifecycle-under-test.ts'

const signal = new AbortController().signal
const wanted = (ttl = '30m') =>
  CreateSandboxRequest.parse({ blueprint: { data: { db: { source: 'shop' } } }, ttl })
const onProgress = () => {}
const once = (sandboxes: Sandboxes, key: string, request = wanted()) =>
  sandboxes.createOnce(key, request, { onProgress, signal })
const day = 24 * 3_600_000

describe('a creation with a key', () => {
  test('that is sent again leads to the same sandbox, by a token of its own', async () => {
    await using under = await openLifecycle()
    const first = await once(under.sandboxes, 'k1')
    const second = await once(under.sandboxes, 'k1')

    expect(second.id).toBe(first.id)
    expect(second.token).not.toBe(first.token)
    for (const { token } of [first, second]) expect(under.capabilities.verify(token)).toBe(first.id)
    expect(under.sandboxes.list({ ended: true })).toHaveLength(1)
    expect((await once(under.sandboxes, 'k2')).id).not.toBe(first.id)
  })

  test('sent many times at once makes one', async () => {
    await using under = await openLifecycle()
    const made = await Promise.all([1, 2, 3, 4, 5].map(() => once(under.sandboxes, 'k')))

    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    expect(new Set(made.map(({ token }) => token)).size).toBe(5)
    expect(under.sandboxes.list({ ended: true })).toHaveLength(1)
  })

  test('that asks for something else is refused, before and after the first is made', async () => {
    await using under = await openLifecycle()
    const first = once(under.sandboxes, 'k')
    const refused = { code: 'idempotency_mismatch', status: 422 }

    await expect(once(under.sandboxes, 'k', wanted('31m'))).rejects.toMatchObject(refused)
    await first
    await expect(once(under.sandboxes, 'k', wanted('31m'))).rejects.toMatchObject(refused)
    await using again = under.restarted()
    await expect(once(again, 'k', wanted('31m'))).rejects.toMatchObject(refused)
    expect(under.sandboxes.list({ ended: true })).toHaveLength(1)
  })

  test('is remembered by an orchestrator that was started anew, for a day', async () => {
    await using under = await openLifecycle()
    const { id } = await once(under.sandboxes, 'k')
    await using again = under.restarted()
    await again.adopt()
    expect((await once(again, 'k')).id).toBe(id)

    await again.end(id, 'down')
    await expect(once(again, 'k')).rejects.toMatchObject({
      code: 'sandbox_gone',
      details: { sandbox: id, reason: 'down' },
    })
    under.time.now += day
    expect((await once(again, 'k')).id).not.toBe(id)
  })

  test('that failed may be tried again, with the same key', async () => {
    await using under = await openLifecycle()
    under.engine.failNext('start')
    await expect(once(under.sandboxes, 'k')).rejects.toMatchObject({ code: 'engine_failed' })

    under.time.now += 1
    const { id } = await once(under.sandboxes, 'k')
    expect((await once(under.sandboxes, 'k')).id).toBe(id)
    expect(under.sandboxes.list({ ended: true })).toMatchObject([{ id }, { endReason: 'failed' }])
  })

  test('goes on while anybody waits, and is given up when the last has gone', async () => {
    await using under = await openLifecycle()
    const [first, second] = [new AbortController(), new AbortController()]
    const starting = Promise.withResolvers<void>()
    under.ready = (stop) =>
      new Promise((_, reject) => {
        starting.resolve()
        stop.addEventListener('abort', () => reject(stop.reason))
      })
    const ask = ({ signal }: AbortController) =>
      under.sandboxes
        .createOnce('k', wanted(), { onProgress, signal })
        .catch((cause: unknown) => cause)
    const asked = [ask(first), ask(second)]
    await starting.promise
    first.abort(new Error('gone'))
    expect(await asked[0]).toMatchObject({ message: 'gone' })
    expect(under.sandboxes.list({ ended: false })).toMatchObject([{ endReason: null }])

    second.abort(new Error('gone as well'))
    expect(await asked[1]).toMatchObject({ code: 'sandbox_gone' })
    expect(await under.remains()).toEqual([])
  })

  test('that comes while the one before is cleared away waits, and is made anew', async () => {
    await using under = await openLifecycle()
    const gone = new AbortController()
    under.ready = (stop) =>
      new Promise((_, reject) => stop.addEventListener('abort', () => reject(stop.reason)))
    const first = under.sandboxes
      .createOnce('k', wanted(), { onProgress, signal: gone.signal })
      .catch((cause: unknown) => cause)
    await vi.waitFor(async () => expect(await under.remains()).not.toEqual([]))
    gone.abort()
    under.ready = async () => {}
    const second = await once(under.sandboxes, 'k')

    expect(await first).toMatchObject({ code: 'sandbox_gone' })
    expect(under.sandboxes.list({ ended: false })).toMatchObject([{ id: second.id }])
  })

  test('keeps neither the key nor the request', async () => {
    await using under = await openLifecycle()
    await once(under.sandboxes, 'a-key-that-is-secret')
    const rows = JSON.stringify(under.storage.sqlite.prepare('SELECT * FROM idempotency').all())

    expect(rows).not.toMatch(/a-key|shop/)
    expect(rows).toMatch(/sb[a-z0-9]{12}/)
  })
})
