import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { type OpenEngine, startedPod } from './contract-pods.ts'

export function connectionTests(open: OpenEngine) {
  test('a connection reaches a listener inside', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)
    await under.listenInside(pod.id, 8080, 'hello from inside')

    const socket = await under.engine.connect(pod.id, 8080, signal)
    expect(await text(socket as Readable)).toBe('hello from inside')
  })

  test('a connection to a port where nobody listens ends without a byte', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)

    const socket = await under.engine.connect(pod.id, 9, signal)
    expect(await text(socket as Readable)).toBe('')
  })

  test('what leaves the pod reaches its own handler', async ({ signal }) => {
    await using under = await open()
    const one = await startedPod(under)
    const two = await startedPod(under)
    await using _first = await under.engine.listenEgress(one.id, (out) => void out.end('one'))
    await using _second = await under.engine.listenEgress(two.id, (out) => void out.end('two'))

    expect(await under.readOut(one.id)).toBe('one')
    expect(await under.readOut(two.id)).toBe('two')
    expect(signal.aborted).toBe(false)
  })

  test('a second handler for one pod is refused until the first is closed', async () => {
    await using under = await open()
    const pod = await startedPod(under)

    const first = await under.engine.listenEgress(pod.id, (out) => void out.end('first'))
    const second = under.engine.listenEgress(pod.id, (out) => void out.end('second'))
    await expect(second).rejects.toMatchObject({ code: 'conflict' })
    await first[Symbol.asyncDispose]()
    await using _third = await under.engine.listenEgress(pod.id, (out) => void out.end('third'))
    expect(await under.readOut(pod.id)).toBe('third')
  })

  test('one pod does not reach what listens in another', async ({ signal }) => {
    await using under = await open()
    const one = await startedPod(under)
    const two = await startedPod(under)
    await under.listenInside(one.id, 8080, 'only in one')

    const socket = await under.engine.connect(two.id, 8080, signal)
    expect(await text(socket as Readable)).toBe('')
  })
}
