import { stripVTControlCharacters } from 'node:util'
import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest, WorkspaceChanges } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'

const evil = '\u001b]52;c;aGk=\u0007\u009b31m\u202e'

async function open() {
  const orchestrator = await startFakeOrchestrator()
  const { id } = orchestrator.state.create(CreateSandboxRequest.parse({})).view
  orchestrator.state.changes = {
    files: [
      { ...file, path: 'src/a.ts', additions: 3, deletions: 1 },
      { ...file, path: 'run', oldMode: '100644', newMode: '100755', additions: 0, deletions: 0 },
      { ...file, path: `b${evil}\nc`, status: 'added', oldMode: null },
    ],
    ignored: ['dist/'],
    leftOut: [{ path: `pipe${evil}`, why: 'no file' }],
  }
  orchestrator.state.patch = Buffer.from(`diff --git a/x b/x\n+${evil}\tshown\r\n\xff`, 'latin1')
  const run = (tty: boolean, ...args: string[]) => {
    const cli = new Cli(orchestrator)
    cli.stdout.isTTY = tty
    return cli.run('diff', id, ...args)
  }
  return { ...orchestrator, id, run }
}

const file = {
  ...({ status: 'modified', oldMode: '100644', newMode: '100644' } as const),
  ...{ additions: null, deletions: null },
}

const obeyed = /[^\P{Cc}\n\t]|\p{Bidi_Control}/u

test('a program is given the patch byte by byte', async () => {
  await using box = await open()
  const { code, stdout } = await box.run(false)

  expect(code).toBe(0)
  expect(stdout).toBe(Buffer.from(box.state.patch).toString('utf8'))
})

test('a terminal is given nothing that it would obey, but our own colours', async () => {
  await using box = await open()
  const { stdout } = await box.run(true)

  expect(stripVTControlCharacters(stdout)).not.toMatch(obeyed)
  expect(stdout).toContain('\\u{1b}]52;c;')
  expect(stdout).toContain('\tshown')
})

test('how much of each file is a line for each, whatever its name holds', async () => {
  await using box = await open()
  const { stdout, stderr } = await box.run(true, '--stat')

  expect(stdout.split('\n')).toHaveLength(5)
  expect(stdout).toMatch(/M {2}src\/a\.ts +\+3 -1\nM {2}run +\+0 -0 {2}now a program\nA {2}b/)
  expect(stdout).toContain('3 files changed, +3 -1')
  expect(stderr).toContain('Not compared, as ignored: dist/.')
  expect(stdout + stderr).not.toMatch(obeyed)
})

test('names alone are one on a line', async () => {
  await using box = await open()
  const { stdout } = await box.run(true, '--name-only')

  expect(stdout.split('\n').slice(0, 2)).toEqual(['src/a.ts', 'run'])
  expect(stdout).not.toMatch(obeyed)
})

test('JSON says it all, and does nothing to a terminal either', async () => {
  await using box = await open()
  const { stdout } = await box.run(true, '--json')

  expect(stdout).not.toMatch(obeyed)
  expect(WorkspaceChanges.parse(JSON.parse(stdout))).toEqual({
    sandbox: box.id,
    ...box.state.changes,
  })
})
