import { PassThrough } from 'node:stream'
import type Docker from 'dockerode'
import { expect, test } from 'vitest'
import { ImagePuller } from './image-pull.ts'
import { parseImageReference } from './image-reference.ts'

const never = new AbortController().signal
const image = parseImageReference('postgres:16')

/** An engine whose pulls answer as they are told to. */
function engine(answer: () => Promise<NodeJS.ReadableStream>) {
  const asked: string[] = []
  const createImage = ({ fromImage }: { fromImage: string }) => {
    asked.push(fromImage)
    return answer()
  }
  return { asked, docker: { createImage } as unknown as Docker }
}

const lines = async (...events: readonly object[]) => {
  const stream = new PassThrough()
  stream.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  return stream
}

test('a silent registry is not asked again for a while', async () => {
  let now = 0
  const { asked, docker } = engine(() => Promise.reject(new Error('lookup failed: no such host')))
  const puller = new ImagePuller(docker, () => now)
  const pull = () => puller.pull(image, () => {}, never)

  await expect(pull()).rejects.toMatchObject({ code: 'image_unavailable', retryable: true })
  await expect(pull()).rejects.toMatchObject({ retryable: true })
  expect(asked).toEqual(['postgres:16'])
  now += 11 * 60_000
  await expect(pull()).rejects.toThrow('No image registry answers')
  expect(asked).toHaveLength(2)
})

test('a registry without the image is another error, and is asked again', async () => {
  const { asked, docker } = engine(() => lines({ error: 'manifest unknown' }))
  const puller = new ImagePuller(docker, () => 0)

  for (let n = 0; n < 2; n += 1) {
    const pull = puller.pull(image, () => {}, never)
    await expect(pull).rejects.toMatchObject({ code: 'image_unavailable', retryable: false })
  }
  expect(asked).toHaveLength(2)
})

test('progress adds the layers up', async () => {
  const layer = (id: string, current: number) => ({
    status: 'Downloading',
    id,
    progressDetail: { current, total: 100 },
  })
  const { docker } = engine(() => lines(layer('a', 40), layer('b', 10), layer('a', 90)))
  const seen: unknown[] = []
  const puller = new ImagePuller(docker, () => 0)
  await puller.pull(image, ({ done, total }) => seen.push([done, total]), never)

  expect(seen).toEqual([
    [40, 100],
    [50, 200],
    [100, 200],
  ])
})
