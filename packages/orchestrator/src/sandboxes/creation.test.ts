import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { describe, expect, test, vi } from 'vitest'
import { failingEngine, failure } from './testing/failing-engine.ts'
import { beats, createIn, openLifecycle, useOwnTimers } from './testing/lifecycle-under-test.ts'

describe('a creation', () => {
  test.each(['before', 'after'] as const)(
    'that fails at any call to the engine, %s its work, leaves nothing and tells why',
    async (when) => {
      await using under = await openLifecycle()
      for (let at = 0; ; at++) {
        const { engine, calls } = failingEngine(under.engine, { at, when })
        await using sandboxes = under.restarted(engine)
        under.time.now += 1
        const outcome = await createIn(sandboxes).catch((cause: unknown) => cause)
        const [newest] = sandboxes.list({ ended: true })
        if (calls.length <= at) {
          expect(newest?.state).toBe('ready')
          expect(at).toBeGreaterThan(6)
          return
        }
        expect(outcome, calls[at]).toMatchObject({ code: 'disk_full', message: failure().message })
        expect(newest, calls[at]).toMatchObject({
          state: 'ended',
          endReason: 'failed',
          clean: true,
        })
        expect(await under.remains(), calls[at]).toEqual([])
      }
    },
  )

  test('that asks to reach more than is allowed makes nothing; what is allowed is handed over', async () => {
    await using under = await openLifecycle()
    const asking = (...egress: ('npm' | 'pypi')[]) => under.create({ blueprint: { egress } })

    await expect(asking('npm', 'pypi')).rejects.toMatchObject({
      code: 'policy_refused',
      details: { key: ['egress', 1] },
    })
    expect(under.sandboxes.list({ ended: true })).toEqual([])
    const { id, egress } = await asking('npm')
    expect(egress).toMatchObject([{ asked: 'npm', by: 'npm', host: 'registry.npmjs.org' }])
    expect(under.sandboxes.get(id).egress).toEqual(egress)
  })

  test('clones what its blueprint names, and takes no upload beside that', async () => {
    await using under = await openLifecycle()
    const blueprint = { workspace: { clone: { url: 'https://git.example/x' } } }

    await expect(under.create({ blueprint })).rejects.toMatchObject({ code: 'usage' })
    const wanted = CreateSandboxRequest.parse({ blueprint })
    const signal = new AbortController().signal
    const { id } = await under.sandboxes.create(wanted, () => {}, signal)
    expect(under.cloned).toEqual([{ sandbox: id, spec: { url: 'https://git.example/x' } }])
    expect(under.unpacked).toEqual(['ws000000000001'])
  })

  test('tells the first failure when clearing away fails too, and is cleared away later', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    under.engine.failNext('start', failure())
    under.engine.failNext('destroy')

    await expect(under.create()).rejects.toMatchObject({ code: 'disk_full' })
    await beats(2)
    expect(await under.remains()).toEqual([])
    expect(under.sandboxes.list({ ended: true })).toMatchObject([{ state: 'ended', clean: true }])
  })

  test('whose client goes away leaves nothing', async () => {
    await using under = await openLifecycle()
    const gone = new AbortController()
    under.ready = (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        gone.abort()
      })

    await expect(under.create({}, gone.signal)).rejects.toMatchObject({ code: 'sandbox_gone' })
    expect(await under.remains()).toEqual([])
    expect(under.sandboxes.list({ ended: true })).toMatchObject([{ state: 'ended', clean: true }])
  })

  test('whose client was gone already makes nothing', async () => {
    await using under = await openLifecycle()

    await expect(under.create({}, AbortSignal.abort())).rejects.toThrow()
    expect(await under.remains()).toEqual([])
    expect(under.sandboxes.list({ ended: false })).toEqual([])
  })

  test('that is ended meanwhile is interrupted', async () => {
    await using under = await openLifecycle()
    under.ready = (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const creation = under.create().catch((cause: unknown) => cause)
    await vi.waitFor(async () => expect(await under.remains()).not.toEqual([]))
    const [{ id } = { id: '' }] = under.sandboxes.list({ ended: false })

    expect(await under.sandboxes.end(id, 'down')).toMatchObject({ clean: true, reason: 'down' })
    expect(await creation).toMatchObject({ code: 'sandbox_gone' })
  })
})
