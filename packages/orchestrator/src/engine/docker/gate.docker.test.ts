import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Docker from 'dockerode'
import { afterAll, expect, test } from 'vitest'
import { anySignal, startedPod } from '../contract-pods.ts'
import type { PodSpec } from '../engine.ts'
import { openDockerUnderTest } from './docker-under-test.ts'

const under = await openDockerUnderTest()
afterAll(() => under[Symbol.asyncDispose]())

test.each([
  ['is not a number', (path: string) => writeFile(path, 'never\n')],
  ['is empty', (path: string) => writeFile(path, '')],
  ['is a sum', (path: string) => writeFile(path, 'EPOCHSECONDS+1000\n')],
  ['is too long to be a moment', (path: string) => writeFile(path, `9${'9'.repeat(30)}\n`)],
  ['is missing', (path: string) => rm(path)],
])('a deadline that %s ends the pod', async (_, spoil) => {
  const pod = await startedPod(under)

  await spoil(join(under.runDirectory, pod.id, 'deadline'))
  await endsSoon(pod)
})

test('a carrier that died ends the pod', async ({ signal }) => {
  const pod = await startedPod(under)
  const seen = await under.engine.observe(pod.id, signal)
  const gate = seen.find(({ name }) => name === 'gate')
  if (gate === undefined) throw new Error('there is no gate')

  const script = 'kill -9 $(grep -l -s ^haproxy /proc/[0-9]*/comm | cut -d/ -f3)'
  const exec = await new Docker().getContainer(gate.id).exec({ Cmd: ['bash', '-c', script] })
  await exec.start({ Detach: true })
  await endsSoon(pod)
})

const endsSoon = (pod: PodSpec) =>
  expect
    .poll(async () => (await under.engine.observe(pod.id, anySignal())).map(({ state }) => state), {
      timeout: 20_000,
    })
    .toEqual(['exited', 'exited', 'exited'])
