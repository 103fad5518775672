import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extract } from 'tar-stream'
import { expect, test } from 'vitest'
import { readContext } from './image-context.ts'
import type { ImageRecipe } from './image-recipes.ts'

const recipe: ImageRecipe = {
  tags: ['stuntdouble/x:latest'],
  folder: 'x',
  suite: 'bookworm',
  args: {},
  node: false,
}

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'sd-context-'))
  await mkdir(join(path, 'x/etc'), { recursive: true })
  await writeFile(join(path, 'x/Dockerfile'), 'FROM scratch')
  await writeFile(join(path, 'x/etc/file'), 'text')
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('the archive holds every file of the folder', async () => {
  await using images = await folder()
  const context = await readContext({ directory: images.path }, recipe, 'amd64')
  const names: string[] = []
  for await (const entry of context.open(AbortSignal.timeout(60_000)).pipe(extract())) {
    names.push(entry.header.name)
    entry.resume()
  }

  expect(names).toEqual(['Dockerfile', 'etc/file'])
})

test('the digest tells every change that changes the image, and no other', async () => {
  await using images = await folder()
  const digest = async (changes: Partial<ImageRecipe> = {}) =>
    (await readContext({ directory: images.path }, { ...recipe, ...changes }, 'amd64')).digest
  const first = await digest()

  expect(await digest()).toBe(first)
  expect(await digest({ args: { MAJOR: '17' } })).not.toBe(first)
  expect(await digest({ suite: 'sid' })).not.toBe(first)
  expect(await digest({ node: true })).not.toBe(first)
  await chmod(join(images.path, 'x/etc/file'), 0o640)
  expect(await digest()).toBe(first)
  await chmod(join(images.path, 'x/etc/file'), 0o755)
  expect(await digest()).not.toBe(first)
  await writeFile(join(images.path, 'x/etc/file'), 'other')
  expect(await digest()).not.toBe(first)
})
