import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { RunDirectory } from './run-directory.ts'

test('a pod’s directory lets others make files, and only their maker replace them', async () => {
  const { parent, directory } = await aDirectory()

  await directory.create('sb1')
  expect((await stat(parent)).mode & 0o7777).toBe(0o700)
  expect((await stat(join(parent, 'sb1'))).mode & 0o7777).toBe(0o1777)
})

test('a deadline is whole seconds, and moves', async () => {
  const { parent, directory } = await aDirectory()

  await directory.create('sb1')
  await directory.writeDeadline('sb1', new Date(1_800_000_000_900))
  await directory.writeDeadline('sb1', new Date(1_900_000_000_900))
  expect(await readFile(join(parent, 'sb1', 'deadline'), 'utf8')).toBe('1900000000\n')
})

test('a deadline without a directory is not written', async () => {
  const { directory } = await aDirectory()

  expect(await directory.writeDeadline('sb1', new Date())).toBe(false)
})

test('a removed directory is in no inventory, and removing it again is fine', async () => {
  const { directory } = await aDirectory()

  await directory.create('sb1')
  expect(await directory.inventory('sb1')).toHaveLength(1)
  await directory.remove('sb1')
  await directory.remove('sb1')
  expect(await directory.inventory('sb1')).toEqual([])
  expect(await directory.pods()).toEqual([])
})

test('a path too long for a socket is refused with the way out of it', async () => {
  const directory = new RunDirectory(`/tmp/${'x'.repeat(100)}`)

  await expect(directory.create('sb1')).rejects.toMatchObject({ code: 'config_invalid' })
})

test.each(['../etc', '', 'a/b', '.', 'UPPER', '-x'])('%j names no pod', (name) => {
  expect(() => new RunDirectory('/tmp').path(name)).toThrow()
})

async function aDirectory() {
  const parent = await mkdtemp(join(tmpdir(), 'sd-'))
  onTestFinished(() => rm(parent, { recursive: true, force: true }))
  return { parent, directory: new RunDirectory(parent) }
}
