import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'

async function open() {
  const orchestrator = await startFakeOrchestrator()
  const { view } = orchestrator.state.create(CreateSandboxRequest.parse({}))
  const cli = new Cli(orchestrator)
  return {
    id: view.id,
    cli,
    exec: (...argv: string[]) => cli.run('exec', view.id, ...argv),
    [Symbol.asyncDispose]: () => orchestrator[Symbol.asyncDispose](),
  }
}

test.each([0, 1, 2, 3, 69, 124, 255])(
  'the child’s exit code %i is passed through',
  async (code) => {
    await using box = await open()
    expect(await box.exec('--', `exit ${code}`)).toMatchObject({ code })
  },
)

test('both streams come out where they belong', async () => {
  await using box = await open()
  expect(await box.exec('--', 'echo out; echo err >&2')).toEqual({
    code: 0,
    stdout: 'out\n',
    stderr: 'err\n',
  })
})

test('several words are an argv; flags after the dashes are the child’s', async () => {
  await using box = await open()
  const { stdout } = await box.exec('--', 'echo', '--json', '$HOME', '--', 'a  b')
  expect(stdout).toBe('--json $HOME -- a  b\n')
})

test('directory and variables are passed on', async () => {
  await using box = await open()
  await box.exec('--', 'mkdir sub')
  const flags = ['--cwd', '/workspace/sub', '-e', 'A=1=2', '--env', 'B=']
  const { stdout } = await box.exec(...flags, '--', 'basename $PWD; echo "[$A][$B]"')
  expect(stdout).toBe('sub\n[1=2][]\n')
})

test('what is piped in reaches the child', async () => {
  await using box = await open()
  box.cli.stdin.end('through the pipe')
  expect(await box.exec('--', 'cat')).toMatchObject({ stdout: 'through the pipe' })
})

test('with --json there is one object, and still the child’s code', async () => {
  await using box = await open()
  const { code, stdout } = await box.exec('--json', '--', 'echo out; exit 7')
  expect(code).toBe(7)
  expect(JSON.parse(stdout)).toEqual({ stdout: 'out\n', stderr: '', exitCode: 7 })
})

test('a command that outlives its time ends with 124', async () => {
  await using box = await open()
  expect(await box.exec('--json', '--timeout', '1s', '--', 'sleep 60')).toMatchObject({ code: 124 })
})

test('Ctrl-C interrupts the child, whose code is then ours', async () => {
  await using box = await open()
  const running = box.exec(
    '--',
    'trap "echo caught; exit 9" INT; echo ready; sleep 60 >&- 2>&- & wait',
  )
  await box.cli.stdout.until('ready')
  box.cli.interrupt()
  expect(await running).toMatchObject({ code: 9, stdout: 'ready\ncaught\n' })
})

test('a second Ctrl-C kills a child that takes no notice of the first', async () => {
  await using box = await open()
  const running = box.exec(
    '--',
    'trap "echo ignored" INT; echo ready; while :; do read -t 0.02 < <(:); done',
  )
  await box.cli.stdout.until('ready')
  box.cli.interrupt()
  await box.cli.stdout.until('ignored')
  box.cli.interrupt()
  expect(await running).toMatchObject({ code: 137 })
})

test('sh runs piped lines in a login shell and passes its code through', async () => {
  await using box = await open()
  box.cli.stdin.end('echo in a shell\nexit 5\n')
  expect(await box.cli.run('sh', box.id)).toMatchObject({ code: 5, stdout: 'in a shell\n' })
})

test('a terminal is raw while the shell runs, tells its size, and is given back', async () => {
  await using box = await open()
  const modes: boolean[] = []
  Object.assign(box.cli.stdin, { isTTY: true, setRawMode: (raw: boolean) => modes.push(raw) })
  Object.assign(box.cli.stdout, { isTTY: true, columns: 120, rows: 40 })
  const shell = box.cli.run('sh', box.id)
  box.cli.stdin.write('echo ready\n')
  await box.cli.stdout.until('ready')
  expect(modes).toEqual([true])
  box.cli.stdout.emit('resize')
  await box.cli.stdout.until('size 120x40')
  box.cli.stdin.end('exit 0\n')
  expect(await shell).toMatchObject({ code: 0 })
  expect(modes).toEqual([true, false])
})
