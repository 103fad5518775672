import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { expect, test } from 'vitest'
import type { ImageContent } from '../engine/engine.ts'
import { openStorage } from '../storage/storage.ts'
import { createImageScans, imageScanMigrations } from './images.ts'
import { openSecrets } from './testing/secrets-under-test.ts'

const known = 'correct-horse-battery'
const token = `ghp_${'a1B2'.repeat(9)}`
const signal = new AbortController().signal

type Files = Readonly<Record<string, string | Buffer>>

async function tarOf(files: Files): Promise<Buffer> {
  const tar = pack()
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, Buffer.from(content))
  tar.finalize()
  return Buffer.concat(await Array.fromAsync(tar as AsyncIterable<Buffer>))
}

function open(image: { settings?: string; layers?: readonly Files[] }) {
  const under = openSecrets({ vault: known })
  const storage = openStorage(':memory:', imageScanMigrations)
  const asked = { times: 0 }
  const content = async (): Promise<ImageContent> => ({
    digest: 'sha256:1',
    settings: image.settings ?? '{}',
    async layers() {
      asked.times += 1
      const layers = await Promise.all((image.layers ?? []).map(tarOf))
      const named = layers.map((layer, at) => [`${at}abcdef/layer.tar`, layer] as const)
      return Readable.from([await tarOf(Object.fromEntries(named))])
    },
  })
  const scans = createImageScans({ images: { content }, secrets: under.secrets, storage })
  return {
    asked,
    check: (name = 'shop/app:1') => scans.check(name, () => {}, signal),
    [Symbol.dispose]() {
      storage[Symbol.dispose]()
      under[Symbol.dispose]()
    },
  }
}

test.each<[string, Parameters<typeof open>[0], string]>([
  ['in its environment', { settings: `{"Env":["A=${known}"]}` }, 'settings'],
  [
    'that a later layer removed',
    { layers: [{ 'app/key': token }, { 'app/.wh.key': '' }] },
    'layer 0abcdef',
  ],
  [
    'registered, among the system’s files',
    { layers: [{ 'usr/lib/x.so': `\0${known}` }] },
    '/usr/lib/x.so',
  ],
  ['known by its name', { layers: [{ 'root/.aws/credentials': 'x' }] }, '/root/.aws/credentials'],
])('an image is refused for a secret %s', async (_where, image, place) => {
  using under = open(image)

  await expect(under.check()).rejects.toMatchObject({
    code: 'secret_found',
    message: expect.stringContaining(place),
  })
  await expect(under.check()).rejects.toMatchObject({ code: 'secret_found' })
  expect(under.asked.times).toBe(2)
})

test('an image that is clean is looked through once', async () => {
  using under = open({ layers: [{ 'usr/share/doc/example': token, 'app/main.js': 'hello' }] })
  await under.check()
  await under.check()

  expect(under.asked.times).toBe(1)
})

test('an image of ours is not looked through', async () => {
  using under = open({ settings: known })

  await expect(under.check('stuntdouble/workspace')).resolves.toBeUndefined()
})
