import { expect, test } from 'vitest'
import {
  anySignal,
  aPod,
  destroyedAfterwards,
  hour,
  type OpenEngine,
  startedPod,
} from './contract-pods.ts'

export function startTests(open: OpenEngine) {
  test('a started pod is observed, listed and in the inventory', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    const seen = await under.engine.observe(pod.id, signal)
    expect(seen.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
      'db running',
      'gate running',
      'workspace running',
    ])
    expect(await under.engine.list(signal)).toContainEqual({ id: pod.id, kind: 'sandbox' })
    const kinds = (await under.engine.inventory(pod.id, [], signal)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'container')).toHaveLength(3)
  })

  test('starting a pod again leaves its containers as they are', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    const before = await under.engine.observe(pod.id, signal)
    await under.engine.start(pod, signal)
    const after = await under.engine.observe(pod.id, signal)
    expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort())
  })

  test('two starts of one pod at once make one pod', async ({ signal }) => {
    await using under = await open()
    const pod = aPod(under)
    destroyedAfterwards(under.engine, pod)

    await Promise.all([under.engine.start(pod, signal), under.engine.start(pod, signal)])
    expect(await under.engine.observe(pod.id, signal)).toHaveLength(3)
  })

  test('a failed start leaves no container', async ({ signal }) => {
    await using under = await open()
    const pod = aPod(under)
    const [first, ...others] = pod.containers
    if (first === undefined) throw new Error('the pod has no container')
    const broken = { ...pod, containers: [{ ...first, image: 'stuntdouble/nowhere' }, ...others] }
    destroyedAfterwards(under.engine, pod)

    await expect(under.engine.start(broken, signal)).rejects.toMatchObject({
      code: expect.stringMatching(/image_unavailable|engine_failed/),
    })
    expect(await under.engine.observe(pod.id, signal)).toEqual([])
  })

  test('an aborted start leaves no container', async ({ signal }) => {
    await using under = await open()
    const pod = aPod(under)
    destroyedAfterwards(under.engine, pod)

    const stop = AbortSignal.abort(new Error('no longer wanted'))
    await expect(under.engine.start(pod, stop)).rejects.toThrow()
    expect(await under.engine.observe(pod.id, signal)).toEqual([])
  })
}

export function isolationTests(open: OpenEngine) {
  test('an isolation that the engine lacks is refused by name, with nothing made', async ({
    signal,
  }) => {
    await using under = await open()
    const pod = aPod({ ...under, isolation: 'kata' })
    destroyedAfterwards(under.engine, pod)

    expect(await under.engine.isolations(signal)).not.toContain('kata')
    await expect(under.engine.start(pod, signal)).rejects.toMatchObject({
      code: 'policy_refused',
      message: expect.stringContaining('kata'),
      hint: expect.stringContaining('sandbox doctor'),
    })
    expect(await under.engine.inventory(pod.id, [], signal)).toEqual([])
  })

  test('an isolation that the engine has is told', async ({ signal }) => {
    await using under = await open()

    expect(await under.engine.isolations(signal)).toEqual(
      expect.arrayContaining(['runc', under.isolation ?? 'runc']),
    )
  })
}

export function userTests(open: OpenEngine) {
  test.each([
    ['root', { uid: 0, gid: 0 }],
    ['the gate’s own user', { uid: 64_000, gid: 64_000 }],
    ['root’s group', { uid: 1000, gid: 0 }],
  ])('a container that would run as %s is refused', async (_, user) => {
    await using under = await open()
    const pod = aPod(under)
    destroyedAfterwards(under.engine, pod)

    const containers = pod.containers.map((container) => ({ ...container, ...user }))
    const refused = under.engine.start({ ...pod, containers }, anySignal())
    await expect(refused).rejects.toMatchObject({ code: 'policy_refused' })
  })
}

export function destroyTests(open: OpenEngine) {
  test('destroying an unknown pod succeeds', async ({ signal }) => {
    await using under = await open()

    await expect(under.engine.destroy('never-created', signal)).resolves.toBeUndefined()
  })

  test('after destroy nothing is left, also when two destroy at once', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)
    await under.engine.listenEgress(pod.id, (socket) => socket.destroy())

    await Promise.all([under.engine.destroy(pod.id, signal), under.engine.destroy(pod.id, signal)])
    expect(await under.engine.observe(pod.id, signal)).toEqual([])
    expect(await under.engine.inventory(pod.id, [], signal)).toEqual([])
    expect((await under.engine.list(signal)).map(({ id }) => id)).not.toContain(pod.id)
  })

  test('a destroy that overtakes a start leaves nothing', async ({ signal }) => {
    await using under = await open()
    const pod = aPod(under)
    destroyedAfterwards(under.engine, pod)

    const starting = under.engine.start(pod, signal).catch(() => 'overtaken')
    await under.engine.destroy(pod.id, signal)
    await starting
    expect(await under.engine.inventory(pod.id, [], signal)).toEqual([])
  })

  test('a container that died is observed as exited, the others go on', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    await under.killContainer(pod.id, 'db')
    const seen = await under.engine.observe(pod.id, signal)
    const states = Object.fromEntries(seen.map(({ name, state }) => [name, state]))
    expect(states).toEqual({ gate: 'running', workspace: 'running', db: 'exited' })
    expect(seen.find(({ name }) => name === 'db')?.exitCode).toBe(137)
  })
}

export function deadlineTests(open: OpenEngine) {
  test('the whole pod ends when its deadline passes', async ({ signal }) => {
    await using under = await open()
    // On a busy machine a start alone takes a second.
    const pod = await startedPod(under, { deadline: new Date(under.now() + 5000) })

    await under.pass(7000)
    const seen = await under.engine.observe(pod.id, signal)
    expect(seen.map(({ state }) => state)).toEqual(['exited', 'exited', 'exited'])
  })

  test('a deadline that was moved holds', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under, { deadline: new Date(under.now() + 5000) })

    await under.engine.setDeadline(pod.id, new Date(under.now() + hour))
    await under.pass(7000)
    expect((await under.engine.observe(pod.id, signal)).map(({ state }) => state)).toEqual(
      Array(3).fill('running'),
    )
    await under.engine.setDeadline(pod.id, new Date(under.now() - 1000))
    await under.pass(2500)
    expect((await under.engine.observe(pod.id, signal)).map(({ state }) => state)).toEqual(
      Array(3).fill('exited'),
    )
  })

  test('an ended pod is not started again', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    await under.engine.setDeadline(pod.id, new Date(under.now() - 1000))
    await under.pass(2500)
    await expect(under.engine.start(pod, signal)).rejects.toMatchObject({ code: 'sandbox_gone' })
  })

  test('the deadline of an unknown pod is refused', async () => {
    await using under = await open()

    const moved = under.engine.setDeadline('never-created', new Date())
    await expect(moved).rejects.toMatchObject({ code: 'sandbox_gone' })
  })
}
