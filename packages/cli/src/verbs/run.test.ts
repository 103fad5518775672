import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { Cli, runCli } from '../testing/run-cli.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

/** With one file changed by whoever works inside. */
async function withChanges() {
  const orchestrator = await startFakeOrchestrator()
  const lines = { additions: 1, deletions: 0 }
  const file = {
    path: 'new.txt',
    status: 'added' as const,
    oldMode: null,
    newMode: '100644' as const,
    ...lines,
  }
  orchestrator.state.changes = { files: [file], ignored: [], leftOut: [] }
  orchestrator.state.patch = Buffer.from('diff --git a/new.txt b/new.txt\n')
  return orchestrator
}

type Fake = Awaited<ReturnType<typeof startFakeOrchestrator>>

const statesOf = ({ state }: Fake) => [...state.sandboxes.values()].map(({ view }) => view.state)

test('the agent’s output and exit code are ours, and its sandbox ends with a receipt', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { code, stdout, stderr } = await runCli(orchestrator, 'run', '--', 'echo hello; exit 7')

  expect({ code, stdout }).toEqual({ code: 7, stdout: 'hello\n' })
  expect(stderr).toMatch(/sb\w+ is ready\.[\s\S]*ended, clean/)
  expect(statesOf(orchestrator)).toEqual(['ended'])
})

test('--keep leaves it, and says how it is ended', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { code, stderr } = await runCli(orchestrator, 'run', '--keep', '--', 'true')

  expect(code).toBe(0)
  expect(stderr).toMatch(/`sandbox down sb\w+` ends it/)
  expect(statesOf(orchestrator)).toEqual(['ready'])
})

test('one that is joined stays, and none is made', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { id } = orchestrator.state.create(CreateSandboxRequest.parse({})).view
  const { code } = await runCli(orchestrator, 'run', '--sandbox', id, '--', 'exit 3')

  expect(code).toBe(3)
  expect(statesOf(orchestrator)).toEqual(['ready'])
})

test('the credential for a model’s API is asked for beside those of the blueprint, once', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using directory = await temporaryDirectory({ 'sandbox.yaml': 'credentials: [github]\n' })
  const cli = new Cli(orchestrator, { cwd: directory.path })
  await cli.run('run', '--model-api', 'anthropic', '--', 'true')
  const [made] = [...orchestrator.state.sandboxes.values()]

  expect(made?.request.blueprint.credentials).toEqual(['github', 'anthropic'])
})

test('a patch is written before the sandbox ends', async () => {
  await using orchestrator = await withChanges()
  await using directory = await temporaryDirectory({ 'sandbox.yaml': '' })
  const cli = new Cli(orchestrator, { cwd: directory.path })
  const { code, stderr } = await cli.run('run', '--patch', 'work.patch', '--', 'true')

  expect(code).toBe(0)
  expect(await readFile(join(directory.path, 'work.patch'), 'utf8')).toContain('diff --git')
  expect(stderr).toMatch(/files? changed, [\s\S]*Read it before you apply it[\s\S]*ended, clean/)
})

test('work that cannot be brought keeps its sandbox, and the hint names it', async () => {
  await using orchestrator = await withChanges()
  await using directory = await temporaryDirectory({ 'sandbox.yaml': '', 'work.patch': 'mine' })
  const cli = new Cli(orchestrator, { cwd: directory.path })
  const { code, stderr } = await cli.run('run', '--patch', 'work.patch', '--', 'true')

  expect(code).not.toBe(0)
  expect(stderr).toMatch(/sb\w+ stays until its lease ends\.\nhint:.*`sandbox pull sb\w+`/)
  expect(statesOf(orchestrator)).toEqual(['ready'])
  expect(await readFile(join(directory.path, 'work.patch'), 'utf8')).toBe('mine')
})

test('Ctrl-C is the agent’s first, then ends it, and its sandbox ends all the same', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const cli = new Cli(orchestrator)
  const ran = cli.run('run', '--', 'trap "echo heard" INT; echo up; while :; do sleep 0.1; done')
  await cli.stdout.until('up')
  cli.interrupt()
  await cli.stdout.until('heard')
  cli.interrupt()

  expect(await ran).toMatchObject({ code: 137 })
  expect(statesOf(orchestrator)).toEqual(['ended'])
})

test('Ctrl-C while it is made gives the creation up', async () => {
  await using orchestrator = await startFakeOrchestrator()
  orchestrator.state.hold = new Promise(() => {})
  const cli = new Cli(orchestrator)
  const ran = cli.run('run', '--', 'true')
  await cli.stderr.until('Working')
  cli.interrupt()

  expect(await ran).toMatchObject({ code: 130, stdout: '' })
  expect(orchestrator.state.sandboxes.size).toBe(0)
})

test('a refusal is told with its hint, and runs nothing', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const refusal = { hint: 'Put it under `credentials:` in stuntdouble.yaml.' }
  orchestrator.state.failure = new SandboxError('policy_refused', 'No such credential.', refusal)
  const ran = await runCli(orchestrator, 'run', '--model-api', 'openai', '--', 'echo ran')

  expect(ran).toMatchObject({ code: 5, stdout: '' })
  expect(ran.stderr).toContain('credentials:')
})

test.each([
  [[], 'The agent to run is missing'],
  [['--patch', 'a', '--branch', 'b', '--', 'true'], 'Name one of'],
  [['--sandbox', 'sb1', '--model-api', 'openai', '--', 'true'], 'for a sandbox that is made'],
])('run %j is misuse', async (argv, sentence) => {
  const { code, stdout, stderr } = await runCli(undefined, 'run', ...argv)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(sentence)
  expect(stderr).toContain('hint:')
})

test('--json is refused: standard output is the agent’s', async () => {
  const { code, stdout, stderr } = await runCli(undefined, 'run', '--json', '--', 'true')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(JSON.parse(stderr)).toMatchObject({
    code: 'usage',
    title: expect.stringContaining('--json'),
  })
})
