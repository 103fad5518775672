import { SandboxError } from '@stuntdouble/sdk/errors'
import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest, Handover, Problem, Receipt } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { Cli, runCli } from './testing/run-cli.ts'

const aSandbox = { blueprint: { data: { db: { source: 'shop' } } } }

async function withSandbox() {
  const orchestrator = await startFakeOrchestrator()
  const { view } = orchestrator.state.create(CreateSandboxRequest.parse(aSandbox))
  return Object.assign(orchestrator, { id: view.id })
}

test.each([
  [['upp'], 'Did you mean up?'],
  [['ls', '--al'], 'Did you mean --all?'],
  [['extend', 'sb1', 'soon'], 'Write a duration'],
  [['exec', 'sb1', '--env', 'novalue', '--', 'true'], 'Write NAME=value'],
  [['extend', 'sb1'], 'or --until'],
  [['extend', 'sb1', '5m', '--until', '2026-01-31T18:00:00Z'], 'or --until'],
  [['extend', 'sb1', '-5m'], 'unknown option'],
  [['extend', 'sb1', '--until', 'tomorrow'], 'Write a moment'],
  [['events', '--type', 'unheard'], 'Write types'],
  [['url'], "missing required argument 'id'"],
  [['ls', 'extra'], 'too many arguments'],
  [['down'], 'Name sandboxes, or --all'],
  [['cp', 'a', 'b'], 'One side must be in a sandbox'],
  [['snapshot'], 'A command is missing'],
  [['serve', '--port', '70000'], 'Write a port'],
])('%j is misuse: exit 2, a sentence and a hint on standard error', async (argv, sentence) => {
  const { code, stdout, stderr } = await runCli(undefined, ...argv)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(sentence)
  expect(stderr).toContain('hint:')
})

test('help is asked for, and no failure', async () => {
  const { code, stdout } = await runCli(undefined, 'exec', '--help')
  expect(code).toBe(0)
  expect(stdout).toContain('-- COMMAND')
})

test('with --json an error is one problem on standard error and nothing on standard output', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { code, stdout, stderr } = await runCli(orchestrator, 'url', 'sb0000000000zz', '--json')
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  expect(Problem.parse(JSON.parse(stderr))).toMatchObject({ code: 'sandbox_not_found' })
})

test.each([
  ['policy_refused', 5],
  ['secret_found', 5],
  ['capacity', 1],
  ['forbidden', 4],
  ['timed_out', 124],
  ['blueprint_invalid', 2],
] as const)('%s ends with %i', async (refusal, expected) => {
  await using orchestrator = await startFakeOrchestrator()
  orchestrator.state.failure = new SandboxError(refusal, 'No.', { hint: 'Do otherwise.' })
  const { code, stderr } = await runCli(orchestrator, 'up')
  expect(code).toBe(expected)
  expect(stderr).toMatch(/error: No\.\nhint: {2}Do otherwise\.\n$/)
})

test('a wrong key ends with 4, no orchestrator with 69', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const wrong = { STUNTDOUBLE_URL: orchestrator.url, STUNTDOUBLE_API_KEY: 'sk_wrong' }
  const none = { STUNTDOUBLE_URL: 'http://127.0.0.1:1', STUNTDOUBLE_API_KEY: 'sk_any' }
  expect(await new Cli(undefined, { env: wrong }).run('ls')).toMatchObject({ code: 4 })
  expect(await new Cli(undefined, { env: none }).run('ls')).toMatchObject({ code: 69 })
})

test('up --json prints the hand-over and nothing else; progress goes to standard error', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { code, stdout, stderr } = await runCli(orchestrator, 'up', '--json', '--ttl', '5m')
  const handover = Handover.parse(JSON.parse(stdout))
  expect(code).toBe(0)
  expect(orchestrator.state.get(handover.id).request.ttl).toBe('5m')
  expect(stderr).toBe('Sending the workspace\nMaking the sandbox\nWorking\n')
})

test('ls shows what runs, --all also what ended', async () => {
  await using orchestrator = await withSandbox()
  const { id } = orchestrator
  expect((await runCli(orchestrator, 'ls')).stdout).toContain(id)
  orchestrator.state.end(id)
  expect(JSON.parse((await runCli(orchestrator, 'ls', '--json')).stdout)).toEqual({ sandboxes: [] })
  expect(JSON.parse((await runCli(orchestrator, 'ls', '--all', '--json')).stdout)).toMatchObject({
    sandboxes: [{ id, state: 'ended', clean: true }],
  })
})

test('the beginning of an id is enough while it is the beginning of one', async () => {
  await using orchestrator = await withSandbox()
  const { id } = orchestrator
  const found = await runCli(orchestrator, 'extend', id.slice(0, 8), '30m', '--json')
  expect(JSON.parse(found.stdout)).toMatchObject({ id })
  await runCli(orchestrator, 'up')
  expect(await runCli(orchestrator, 'extend', 'sb', '30m')).toMatchObject({ code: 2 })
  expect(await runCli(orchestrator, 'extend', 'sbx', '30m')).toMatchObject({ code: 3 })
})

test('url --json and db --json print the shapes that others rely on', async () => {
  await using orchestrator = await withSandbox()
  const { id } = orchestrator
  expect(
    Handover.parse(JSON.parse((await runCli(orchestrator, 'url', id, '--json')).stdout)).id,
  ).toBe(id)
  expect(JSON.parse((await runCli(orchestrator, 'db', id, '--json')).stdout)).toEqual({
    url: 'postgres://app:pw@127.0.0.1:54321/shop',
    host: '127.0.0.1',
    port: 54_321,
  })
})

test('db prints the address where there is no psql', async () => {
  await using orchestrator = await withSandbox()
  const env = {
    STUNTDOUBLE_URL: orchestrator.url,
    STUNTDOUBLE_API_KEY: 'sk_test',
    PATH: '/nowhere',
  }
  const { stdout, stderr } = await new Cli(undefined, { env }).run('db', orchestrator.id)
  expect(stdout).toBe('postgres://app:pw@127.0.0.1:54321/shop\n')
  expect(stderr).toContain('psql is not installed')
})

test('down gives the receipt, and the same one again', async () => {
  await using orchestrator = await withSandbox()
  const first = await runCli(orchestrator, 'down', orchestrator.id, '--json')
  expect(Receipt.parse(JSON.parse(first.stdout))).toMatchObject({
    id: orchestrator.id,
    clean: true,
  })
  expect((await runCli(orchestrator, 'down', orchestrator.id, '--json')).stdout).toBe(first.stdout)
})

test('down of several ends each once, and one that is not there keeps none of them', async () => {
  await using orchestrator = await withSandbox()
  const { id } = orchestrator
  const other = orchestrator.state.create(CreateSandboxRequest.parse(aSandbox)).view.id
  const ended = await runCli(orchestrator, 'down', id, 'sb0000000000zz', other, id, '--json')

  expect(ended.code).toBe(3)
  expect(JSON.parse(ended.stdout).receipts.map((one: Receipt) => one.id)).toEqual([id, other])
  expect(ended.stderr).toContain('sandbox_not_found')
  expect(orchestrator.state.get(other).view.state).toBe('ended')
})

test.each([
  ['n\n', [], 'ready'],
  ['\n', [], 'ready'],
  ['yes\n', [], 'ended'],
  ['', ['--yes'], 'ended'],
])('down --all on a terminal that answers %j %j leaves it %s', async (answer, flags, state) => {
  await using orchestrator = await withSandbox()
  const cli = new Cli(orchestrator)
  const isTTY = true
  for (const stream of [cli.stdin, cli.stderr]) Object.assign(stream, { isTTY })
  const down = cli.run('down', '--all', ...flags)
  if (answer) await cli.stderr.until('[y/N]')
  cli.stdin.write(answer)

  expect(await down).toMatchObject({ code: 0 })
  expect(orchestrator.state.get(orchestrator.id).view.state).toBe(state)
})

test('down --force tells so', async () => {
  await using orchestrator = await withSandbox()
  await runCli(orchestrator, 'down', orchestrator.id, '--force')
  expect(orchestrator.state.requests).toContain(
    `DELETE /v1/sandboxes/${orchestrator.id}?force=true`,
  )
})

test('extend says what was not granted, and is no failure', async () => {
  await using orchestrator = await withSandbox()
  const { id, state } = orchestrator
  state.longest = Date.parse(state.get(id).view.expiresAt)
  const { code, stdout } = await runCli(
    orchestrator,
    'extend',
    id,
    '--until',
    '2999-01-01T00:00:00Z',
  )

  expect(code).toBe(0)
  expect(stdout).toMatch(/Not at 2999-01-01T00:00:00.000Z, as asked: limits.maxTtl allows 24h/)
})

test('events are printed a line each, and as an object each with --json', async () => {
  await using orchestrator = await withSandbox()
  const { id, state } = orchestrator
  const event = { at: '2026-01-01T00:00:00.000Z', sandbox: id }
  state.events.push(
    { ...event, seq: 2, type: 'created', data: {} },
    { ...event, seq: 3, type: 'command', data: { command: 'ls \u001b[2J' } },
    { ...event, seq: 4, type: 'ended', data: { reason: 'down' } },
  )
  const all = (await runCli(orchestrator, 'events')).stdout.trim().split('\n')
  expect(all).toHaveLength(4)
  expect(all[2]).toBe(`3 2026-01-01T00:00:00.000Z ${id} command {"command":"ls \\u001b[2J"}`)

  const followed = await runCli(
    ...([orchestrator, 'events', id, '--follow', '--type', 'created', '--json'] as const),
  )
  expect(followed).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(followed.stdout)).toMatchObject({ seq: 2, type: 'created' })
})

test('down --all gives a list of receipts, also of none', async () => {
  await using orchestrator = await withSandbox()
  const all = await runCli(orchestrator, 'down', '--all', '--json')
  expect(JSON.parse(all.stdout).receipts).toHaveLength(1)
  const none = await runCli(orchestrator, 'down', '--all', '--json')
  expect(none).toMatchObject({ code: 0, stdout: '{"receipts":[]}\n' })
})

test('snapshot build takes the only source, and prints what others rely on', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { code, stdout } = await runCli(orchestrator, 'snapshot', 'build', '--json')
  expect(code).toBe(0)
  expect(Object.keys(JSON.parse(stdout))).toEqual(
    expect.arrayContaining(['id', 'source', 'rows', 'tables', 'masked', 'findings', 'sealedAt']),
  )
})

test.each([
  [['snapshot', 'ls'], /sn000000000001 {2}shop/],
  [['snapshot', 'show', 'sn000000000001'], /public\.users {2}2 {5}email/],
  [
    ['snapshot', 'show', 'sn000000000001'],
    /20 masked values passed; 9 distinct .* 1.*MB.*3 shorter than six bytes, 8 numbers.*one in 4/s,
  ],
  [['snapshot', 'rm', 'sn000000000001'], /removed/],
  [['doctor'], /ok {4}engine: Docker 20\.10/],
  [['data', 'review'], /\+ {2}public\.users\.note {2}text {2}text {4}UNSURE: free text/],
  [['data', 'review', '--update'], /Written to/],
  [['data', 'plan'], /public\.users {4}1 000 {2}~80 000 {2}79 000 {2}root: limit 1000/],
  [['data', 'plan'], /a part of shop: 1 042 rows of about 90 000 in 3 tables/],
  [['data', 'plan', '--help'], /subset:\n.*roots:/],
])('%j says so to a person', async (argv, text) => {
  await using orchestrator = await startFakeOrchestrator()
  expect((await runCli(orchestrator, ...argv)).stdout).toMatch(text)
})

test('Ctrl-C during up gives the creation up, and leaves with 130', async () => {
  await using orchestrator = await startFakeOrchestrator()
  orchestrator.state.hold = new Promise(() => {})
  const cli = new Cli(orchestrator)
  const up = cli.run('up')
  await cli.stderr.until('Working')
  cli.interrupt()
  expect(await up).toMatchObject({ code: 130, stdout: '' })
  await expect.poll(() => orchestrator.state.abandoned).toBe(1)
  expect(orchestrator.state.sandboxes.size).toBe(0)
})

test('a terminal gets a line that moves and colours; NO_COLOR takes the colours away', async () => {
  await using orchestrator = await withSandbox()
  const env = { STUNTDOUBLE_URL: orchestrator.url, STUNTDOUBLE_API_KEY: 'sk_test' }
  const onTerminal = async (extra: object) => {
    const cli = new Cli(undefined, { env: { ...env, ...extra } })
    cli.stdout.isTTY = true
    cli.stderr.isTTY = true
    return await cli.run('up')
  }
  const control = '\u001b['
  const coloured = await onTerminal({})
  expect(coloured.stderr).toContain(`${control}2K`)
  expect(coloured.stdout).toContain(control)
  expect((await onTerminal({ NO_COLOR: '1' })).stdout).not.toContain(control)
  expect((await onTerminal({ TERM: 'dumb' })).stderr).not.toContain(control)
})

test('a snapshot that stays keeps none of the others from being removed', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const busy = new SandboxError('snapshot_in_use', 'sn2 is in use.', { hint: 'End its sandboxes.' })
  const gone = new SandboxError('snapshot_not_found', 'No snapshot sn4.', { hint: 'List them.' })
  orchestrator.state.kept.set('sn2', busy).set('sn4', gone)

  expect(await runCli(orchestrator, 'snapshot', 'rm', 'sn1', 'sn2', 'sn3', 'sn4')).toEqual({
    code: 1,
    stdout: 'sn1 removed.\nsn3 removed.\n',
    stderr:
      'error: sn2 is in use.\nhint:  End its sandboxes.\nerror: No snapshot sn4.\nhint:  List them.\n',
  })
})
