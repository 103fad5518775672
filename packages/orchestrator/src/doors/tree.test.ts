import { PassThrough, Readable } from 'node:stream'
import type { ProcessStart } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import type { Commands } from './commands.ts'
import { createTree } from './tree.ts'

const file = { sandbox: 'sb000000000000', path: '/workspace/x' }
const { signal } = new AbortController()
const record = (type: string, path: string, target = '') =>
  `${type}\t5\t644\t-rw-r--r--\tagent\tagent\t1.5\0${path}\0${target}\0`

/** Names of which every look says the same; what was run for it. */
function treeThat({ stdout = '', stderr = '', exitCode = 0 }) {
  const started: (readonly string[])[] = []
  const start = async (_sandbox: string, { command }: ProcessStart) => {
    started.push(command as readonly string[])
    return {
      ...{ stdin: new PassThrough(), kill: async () => {}, resize: async () => {} },
      ...{ stdout: Readable.from([Buffer.from(stdout)]), exit: Promise.resolve(exitCode) },
      stderr: Readable.from([Buffer.from(stderr)]),
    }
  }
  return { tree: createTree({ start } as unknown as Commands), started }
}

test('a name is told whatever it is made of', async () => {
  const path = '/workspace/a\tb\n\'"; rm -rf $HOME'
  const { tree } = treeThat({ stdout: record('f\tf', path) })

  expect(await tree.stat({ ...file, path }, signal)).toEqual({
    ...{ name: 'a\tb\n\'"; rm -rf $HOME', path, type: 'file', leadsTo: 'file', size: 5 },
    ...{ mode: 0o644, permissions: '-rw-r--r--', owner: 'agent', group: 'agent' },
    modifiedAt: '1970-01-01T00:00:01.500Z',
  })
})

test('a link is told as one, with what it leads to', async () => {
  const { tree } = treeThat({ stdout: record('l\td', '/workspace/x', '/etc') })

  expect(await tree.stat(file, signal)).toMatchObject({
    ...{ type: 'symlink', leadsTo: 'directory', target: '/etc' },
  })
})

test.each([
  ['made', true],
  ['there', false],
])('a directory that was %s is told so', async (said, created) => {
  const { tree } = treeThat({ stdout: `${said}\0${record('d\td', '/workspace/x')}` })

  expect(await tree.makeDirectory(file, signal)).toMatchObject({
    ...{ created, entry: { path: '/workspace/x', type: 'directory' } },
  })
})

test('paths are words of a command, and never part of a script', async () => {
  const { tree, started } = treeThat({ stdout: record('f\tf', '/workspace/y') })
  await tree.move({ ...file, path: '/workspace/$(id)' }, '/workspace/`id`/y', signal)

  expect(started[0]?.slice(4)).toEqual(['/workspace/$(id)', '/workspace/`id`/y', '/workspace/`id`'])
  expect(started[0]?.[2]).not.toContain('id)')
})

test.each([
  [{ exitCode: 3 }, 'file_not_found'],
  [{ exitCode: 4 }, 'usage'],
  [{ exitCode: 1, stderr: 'mv: cannot move: Permission denied\n' }, 'forbidden'],
  [{ stdout: '' }, 'file_not_found'],
])('what ended with %j is told as %s', async (said, code) => {
  await expect(treeThat(said).tree.move(file, '/workspace/y', signal)).rejects.toMatchObject({
    code,
  })
})

test('a directory that holds more than can be told is refused', async () => {
  const { tree } = treeThat({ stdout: record('f\tf', '/workspace/x').repeat(120_000) })

  await expect(tree.list(file, 2, signal)).rejects.toMatchObject({ code: 'capacity' })
})
