import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { anySignal, aPod, destroyedAfterwards, exec } from '../contract-pods.ts'
import { openDockerUnderTest } from './docker-under-test.ts'

const under = await openDockerUnderTest()
afterAll(() => under[Symbol.asyncDispose]())

test('a volume is the container user’s to write, and goes with its pod', async ({ signal }) => {
  const bare = aPod(under)
  destroyedAfterwards(under.engine, bare)
  const name = `vol-${bare.id}`
  const owned = { name, pod: bare.id, uid: 1000, gid: 1000, mode: 0o700 }
  await under.engine.volumes.create(owned, signal)
  const mounts = [{ volume: name, path: '/data', readOnly: false }]
  const containers = bare.containers.map((container) =>
    container.name === 'workspace' ? { ...container, mounts } : container,
  )
  await under.engine.start({ ...bare, containers }, signal)

  const run = await exec(under, bare, ['sh', '-c', 'echo kept > /data/x && cat /data/x'])
  run.stdin.end()
  expect(await text(run.stdout)).toBe('kept\n')
  const kinds = (await under.engine.inventory(bare.id, signal)).map(({ kind }) => kind)
  expect(kinds).toContain('volume')

  await under.engine.destroy(bare.id, anySignal())
  expect(await under.engine.inventory(bare.id, signal)).toEqual([])
})

test('the last output of a container’s main process can be read', async ({ signal }) => {
  const bare = aPod(under)
  destroyedAfterwards(under.engine, bare)
  const command = ['sh', '-c', 'echo first; echo second; sleep infinity']
  const containers = bare.containers.map((container) => ({ ...container, command }))
  await under.engine.start({ ...bare, containers }, signal)

  await expect
    .poll(() => under.engine.logs(bare.id, 'db', 1000, signal), { timeout: 5000 })
    .toBe('first\nsecond\n')
  expect(await under.engine.logs(bare.id, 'db', 7, signal)).toBe('second\n')
})
