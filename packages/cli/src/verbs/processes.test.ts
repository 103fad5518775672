import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'

/** A fake orchestrator with a sandbox; each command line has streams of its own. */
async function open() {
  const orchestrator = await startFakeOrchestrator()
  const { view } = orchestrator.state.create(CreateSandboxRequest.parse({}))
  const cli = () => new Cli(orchestrator)
  return {
    ...{ id: view.id, cli },
    run: (...argv: string[]) => cli().run(...argv),
    [Symbol.asyncDispose]: () => orchestrator[Symbol.asyncDispose](),
  }
}

test('a detached command leaves its id, and is listed', async () => {
  await using box = await open()
  const { stdout, code } = await box.run('exec', '--detach', box.id, '--', 'sleep', '60')
  const listed = await box.run('ps', box.id)

  expect([code, stdout]).toEqual([0, 'pr000000000000\n'])
  expect(listed.stdout).toMatch(
    /^PROCESS +PID +STATE +SINCE +COMMAND\npr000000000000 +\d+ +running +\d+ s +sleep 60\n$/,
  )
})

test('with --json both are data', async () => {
  await using box = await open()
  const started = await box.run('exec', '--json', '-d', box.id, '--', 'exit 3')
  const { id } = JSON.parse(started.stdout)
  await box.run('logs', '--follow', box.id, id)
  const listed = await box.run('ps', '--json', box.id)

  expect(JSON.parse(listed.stdout)).toMatchObject({ processes: [{ id, exitCode: 3 }] })
})

test('where nothing runs, it says how to start something', async () => {
  await using box = await open()

  expect((await box.run('ps', box.id)).stdout).toContain('sandbox exec --detach')
})

test('logs prints what was said so far, or follows to the end', async () => {
  await using box = await open()
  await box.run('exec', '-d', box.id, '--', 'echo one; exec sleep 60')
  const cli = box.cli()
  const following = cli.run('logs', '-f', box.id, 'pr000000000000')
  await cli.stdout.until('one')
  const sofar = await box.run('logs', box.id, 'pr000000000000')
  expect(sofar).toEqual({ code: 0, stdout: 'one\n', stderr: '' })
  cli.interrupt()

  expect(await following).toMatchObject({ code: 130 })
})

test('the end of what is followed is ours', async () => {
  await using box = await open()
  await box.run('exec', '-d', box.id, '--', 'echo out; echo err >&2; exit 9')

  expect(await box.run('logs', '-f', box.id, 'pr000000000000')).toEqual({
    ...{ code: 9, stdout: 'out\n', stderr: 'err\n' },
  })
})

test('on a terminal what a process says moves nothing', async () => {
  await using box = await open()
  await box.run('exec', '-d', box.id, '--', String.raw`printf 'a\033[2Jb'`)
  const cli = box.cli()
  cli.stdout.isTTY = true

  expect((await cli.run('logs', '-f', box.id, 'pr000000000000')).stdout).toBe('a\\u{1b}[2Jb')
})

test('a process that is not there is not found', async () => {
  await using box = await open()

  expect(await box.run('logs', box.id, 'pr999999999999')).toMatchObject({ code: 3 })
})

test('env prints what E2B’s programs look for, as lines for a shell', async () => {
  await using box = await open()

  expect((await box.run('env', '--e2b')).stdout).toBe(
    'export E2B_API_URL=http://127.0.0.1:1/e2b\nexport E2B_SANDBOX_URL=http://127.0.0.1:2/e2b\nexport E2B_API_KEY=e2b_00\nexport E2B_DOMAIN=localhost:2\n',
  )
  expect(await box.run('env')).toMatchObject({ code: 2, stderr: /sandbox env --e2b/ })
})
