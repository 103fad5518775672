import { join } from 'node:path'
import Docker from 'dockerode'
import { pack } from 'tar-stream'
import { expect, test } from 'vitest'
import { openDockerImages } from './docker-images.ts'

const directory = join(import.meta.dirname, '../../../../../images')
/** A port where no registry answers. */
const nowhere = 'localhost:1'
const open = () =>
  openDockerImages({ docker: new Docker(), directory, registries: [nowhere], now: () => 0 })

test('an image of ours is present once it was asked for, and then found without work', async ({
  signal,
}) => {
  const images = open()
  await images.ensure('stuntdouble/keeper', () => {}, signal)
  const told: string[] = []
  await images.ensure('stuntdouble/keeper', ({ message }) => told.push(message), signal)

  expect(told).toEqual([])
  expect(await images.has('stuntdouble/keeper', signal)).toBe(true)
  expect(await images.has('stuntdouble/keeper:latest', signal)).toBe(true)
})

test('a registry that does not answer is an error with the next step', async ({ signal }) => {
  const pull = open().ensure(`${nowhere}/postgres:16`, () => {}, signal)

  await expect(pull).rejects.toMatchObject({
    code: 'image_unavailable',
    retryable: true,
    hint: expect.stringContaining('docker pull'),
  })
})

test('a registry that only a blueprint names is not contacted', async ({ signal }) => {
  const pull = open().ensure('10.0.0.1:80/a', () => {}, signal)

  await expect(pull).rejects.toMatchObject({ code: 'policy_refused' })
})

test('what is not there is not had', async ({ signal }) => {
  expect(await open().has('nobody/made-this:1', signal)).toBe(false)
  await expect(open().has('stuntdouble/x', signal)).rejects.toMatchObject({
    code: 'image_unavailable',
  })
})

test('the content of an image has its settings, and what a later layer removed', async ({
  signal,
}) => {
  const docker = new Docker()
  await open().ensure('stuntdouble/keeper', () => {}, signal)
  const name = 'test-content:1'
  const Dockerfile =
    'FROM stuntdouble/keeper\nENV PLANTED=in-env\nRUN echo in-a-layer >/planted\nRUN rm /planted\n'
  const context = pack()
  context.entry({ name: 'Dockerfile' }, Dockerfile)
  context.finalize()
  const build = await docker.buildImage(context as unknown as NodeJS.ReadableStream, { t: name })
  await new Promise((resolve) => docker.modem.followProgress(build, resolve))
  try {
    const { digest, settings, layers } = await open().content(name, signal)
    const bytes = Buffer.concat(await Array.fromAsync((await layers()) as AsyncIterable<Buffer>))

    expect(digest).toMatch(/^sha256:/)
    expect(settings).toContain('PLANTED=in-env')
    expect(bytes.includes('in-a-layer')).toBe(true)
  } finally {
    await docker.getImage(name).remove()
  }
})
