import { execFileSync } from 'node:child_process'
import { mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { initIn, resultIn } from '../testing/run-init.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'
import { lookAround, treeLimits } from './look-around.ts'
import { surveyLimits } from './survey.ts'

const manifest = '{ "name": "reached" }'

test('links are not followed, be they files or directories', async () => {
  await using outside = await temporaryDirectory({
    'package.json': '{ "name": "outside-name" }',
    '.env.example': 'OUTSIDE_NAME=x\n',
  })
  await using repository = await temporaryDirectory()
  await symlink(join(outside.path, 'package.json'), join(repository.path, 'package.json'))
  await symlink(outside.path, join(repository.path, 'away'))
  await symlink('.', join(repository.path, 'again'))
  const { leftOut, text } = await resultIn(repository.path)

  expect(await readFile(join(repository.path, 'away/.env.example'), 'utf8')).toContain('OUTSIDE')
  expect(leftOut).toEqual(['is a link, which is not followed; left out'])
  expect(text.toLowerCase()).not.toMatch(/outside.name/)
})

test('pipes and sockets are neither opened nor waited for', async () => {
  await using repository = await temporaryDirectory()
  execFileSync('mkfifo', [join(repository.path, 'compose.yaml')])
  await using server = createServer()
  await new Promise<void>((done) => server.listen(join(repository.path, 'go.mod'), done))
  await mkdir(join(repository.path, 'package.json'))
  const { leftOut } = await resultIn(repository.path)

  expect(leftOut).toEqual(Array(2).fill('is no regular file; left out'))
})

test('a pipe in place of the operator’s file is refused, and so is a link that leads nowhere', async () => {
  await using repository = await temporaryDirectory()
  execFileSync('mkfifo', [join(repository.path, 'stuntdouble.yaml')])
  const { code, stderr } = await initIn(repository.path)
  expect(code).toBe(2)
  expect(stderr).toMatch(/is no regular file[\s\S]*hint:/)

  await using other = await temporaryDirectory()
  await symlink('/nowhere/at/all', join(other.path, 'stuntdouble.yaml'))
  expect((await initIn(other.path)).code).toBe(2)
})

test('a deep tree and a wide one end at their limits, and it is said', async () => {
  const deep = `${'d/'.repeat(treeLimits.depth + 1)}package.json`
  await using repository = await temporaryDirectory({ [deep]: manifest })
  const { leftOut, text } = await resultIn(repository.path)
  expect(leftOut).toEqual([`looked at: nothing deeper than ${treeLimits.depth} directories`])
  expect(text).not.toContain('reached')

  await using wide = await temporaryDirectory()
  const names = Array.from({ length: surveyLimits.files + 20 }, (_, index) => `p${index}`)
  for (const name of names) {
    await mkdir(join(wide.path, name))
    await writeFile(join(wide.path, name, 'package.json'), manifest)
  }
  const many = await resultIn(wide.path)
  expect(many.found).toHaveLength(surveyLimits.files + 1)
  expect(many.leftOut).toEqual(['looked at: only a part of what is of use; 20 more are left'])
  expect(many.text.length).toBeLessThan(20_000)
})

test('of many large files only some are read', async () => {
  await using repository = await temporaryDirectory()
  const text = `services: ${'x'.repeat(60_000)}`
  for (let index = 0; index < 30; index += 1)
    await writeFile(join(repository.path, `compose.n${index}.yaml`), text)
  const { leftOut } = await resultIn(repository.path)

  expect(leftOut.at(-1)).toBe('looked at: only a part of what is of use; 12 more are left')
})

test('no more names are looked at than may be counted, in one directory or in all', async () => {
  const names = Array.from({ length: 30 }, (_, index) => [`${index % 3}/file${index}`, ''])
  await using repository = await temporaryDirectory(Object.fromEntries(names))
  const look = (entries: number) => lookAround(repository.path, { entries, depth: 6 })

  expect((await look(5)).paths).toHaveLength(2)
  expect((await look(5)).cut).toEqual(['no more than 5 files and directories'])
  expect((await look(34)).paths).toHaveLength(30)
  expect((await look(34)).cut).toEqual([])
})

test('--force replaces a link, and not what it leads to', async () => {
  await using outside = await temporaryDirectory({ precious: 'kept\n' })
  await using repository = await temporaryDirectory()
  const path = join(repository.path, 'sandbox.yaml')
  await symlink(join(outside.path, 'precious'), path)

  expect((await initIn(repository.path)).code).toBe(1)
  expect(await readlink(path)).toContain('precious')
  expect((await initIn(repository.path, '--force')).code).toBe(0)
  expect(await readFile(join(outside.path, 'precious'), 'utf8')).toBe('kept\n')
  expect(await readFile(path, 'utf8')).toContain('workspace: { from: . }')
})

test('a directory in place of the blueprint is told, and nothing of the attempt is left', async () => {
  await using repository = await temporaryDirectory({ 'sandbox.yaml/file': '' })
  const { code, stderr } = await initIn(repository.path, '--force')

  expect(code).toBe(2)
  expect(stderr).toContain('cannot be written')
  expect(execFileSync('ls', ['-A', repository.path], { encoding: 'utf8' })).toBe('sandbox.yaml\n')
})
