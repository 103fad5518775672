import { expect, test } from 'vitest'
import { type EngineUnderTest, type OpenEngine, startedPod } from './contract-pods.ts'

/** Nobody beside it reaches what runs there. */
const hasSecondKernel = ({ isolation = 'runc' }: EngineUnderTest) => isolation !== 'runc'

const expectRefused = (held: Promise<void>) =>
  expect(held).rejects.toMatchObject({ code: 'policy_refused' })

export function holdTests(open: OpenEngine): void {
  test('a pod that is held still is seen to run, and ends at its deadline', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under, { deadline: new Date(under.now() + 5000) })
    if (hasSecondKernel(under)) return await expectRefused(under.engine.pause(pod.id, signal))
    await under.engine.pause(pod.id, signal)
    await under.engine.pause(pod.id, signal)
    const seen = await under.engine.observe(pod.id, signal)
    expect(seen.map(({ state }) => state)).toEqual(Array(3).fill('running'))

    await under.pass(7000)
    const later = await under.engine.observe(pod.id, signal)
    expect(later.map(({ state }) => state)).toEqual(Array(3).fill('exited'))
  })

  test('a pod that is held still is destroyed like any', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)
    const held = under.engine.pause(pod.id, signal)
    await (hasSecondKernel(under) ? expectRefused(held) : held)

    await under.engine.destroy(pod.id, signal)
    expect(await under.engine.inventory(pod.id, [], signal)).toEqual([])
  })

  test('a pod that is not held goes on as it did', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    await expect(under.engine.resume(pod.id, signal)).resolves.toBeUndefined()
    await expect(under.engine.pause('never-created', signal)).rejects.toMatchObject({
      code: 'sandbox_gone',
    })
  })

  test('a pod that was stripped gets new members around its gate', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)
    const idOf = async (name: string) =>
      (await under.engine.observe(pod.id, signal)).find((seen) => seen.name === name)?.id
    const [gate, workspace] = [await idOf('gate'), await idOf('workspace')]
    await under.engine.strip(pod.id, signal)
    await under.engine.strip(pod.id, signal)
    expect((await under.engine.observe(pod.id, signal)).map(({ name }) => name)).toEqual(['gate'])

    await under.engine.start(pod, signal)
    expect(await idOf('gate')).toBe(gate)
    expect(await idOf('workspace')).not.toBe(workspace)
    expect(await under.engine.observe(pod.id, signal)).toHaveLength(3)
  })
}
