import { expect, test } from 'vitest'
import { FakeImages } from '../fake/fake-images.ts'
import { FakeVolumes } from '../fake/fake-volumes.ts'
import { diagnoseStorage } from './docker-volumes-diagnosis.ts'

const signal = AbortSignal.timeout(60_000)

const statuses = async (volumes: FakeVolumes, images = new FakeImages()) =>
  (await diagnoseStorage({ volumes, images }, signal)).map(({ name, status }) => [name, status])

test('a reflink pool with room is well, and images that are missing are told', async () => {
  expect(await statuses(new FakeVolumes())).toEqual([
    ['clone pool', 'ok'],
    ['pool space', 'ok'],
    ['images', 'warn'],
  ])
})

test('a directory says what it costs, and why it is one', async () => {
  const volumes = new FakeVolumes()
  volumes.usage = async () => ({
    kind: 'directory',
    sizeBytes: 10,
    freeBytes: 5,
    freeInodes: 5,
    reason: 'no loop devices',
  })
  const rows = await diagnoseStorage({ volumes, images: new FakeImages() }, signal)

  expect(rows[0]?.message).toMatch(/no loop devices.*copies its file/)
  expect(rows[1]?.status).toBe('warn')
})

test('a pool that cannot be opened is a row, not an exception', async () => {
  const volumes = new FakeVolumes()
  volumes.usage = () => Promise.reject(new Error('connect ENOENT'))

  expect(await statuses(volumes)).toEqual([
    ['clone pool', 'fail'],
    ['images', 'warn'],
  ])
})
