import { randomUUID } from 'node:crypto'
import Docker from 'dockerode'
import { afterAll, expect, test } from 'vitest'
import { anySignal, startedPod } from '../contract-pods.ts'
import type { Resource } from '../engine.ts'
import { openDockerUnderTest } from './docker-under-test.ts'

const under = await openDockerUnderTest()
afterAll(() => under[Symbol.asyncDispose]())

const kindsOf = (seen: readonly Resource[]) =>
  seen.map(({ kind, name }) => `${kind} ${name}`).sort()

/** What somebody else made, that an inventory of ours knows from before. */
async function straggler(volume: string) {
  const docker = new Docker()
  const inMemory = { type: 'tmpfs', device: 'tmpfs' }
  await docker.createVolume({ Name: volume, Driver: 'local', DriverOpts: inMemory })
  const container = await docker.createContainer({
    Image: 'stuntdouble/base:bookworm',
    Cmd: ['sleep', '600'],
    HostConfig: { Binds: [`${volume}:/data`] },
  })
  await container.start()
  return {
    known: [
      { kind: 'container', id: container.id, name: 'workspace' },
      { kind: 'volume', id: volume, name: volume },
    ] as const,
    async [Symbol.asyncDispose]() {
      await container.remove({ force: true })
      await docker.getVolume(volume).remove()
    },
  }
}

test('what runs in a pod is in its inventory, and nothing runs when it is gone', async ({
  signal,
}) => {
  const pod = await startedPod(under)
  const before = await under.engine.inventory(pod.id, [], signal)
  expect(kindsOf(before).filter((line) => line.startsWith('process'))).toEqual([
    'process db',
    'process gate',
    'process workspace',
  ])

  await under.engine.destroy(pod.id, anySignal())
  expect(await under.engine.inventory(pod.id, before, signal)).toEqual([])
  expect(await under.engine.blindSpots(signal)).not.toContainEqual(
    expect.objectContaining({ kind: 'process' }),
  )
})

test('what still runs and is still mounted is found, though the engine has forgotten whose it was', async ({
  signal,
}) => {
  const volume = `left-${randomUUID()}`
  await using left = await straggler(volume)

  const seen = await under.engine.inventory('sb000000000000', left.known, signal)
  expect(kindsOf(seen)).toEqual([`mount ${volume}`, 'process workspace'])
})
