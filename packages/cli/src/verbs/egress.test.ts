import { SandboxError } from '@stuntdouble/sdk/errors'
import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest, type EgressGrant } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { Cli, runCli } from '../testing/run-cli.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

const npm: EgressGrant = {
  ...{ asked: 'npm', by: 'npm', scheme: 'https', host: 'registry.npmjs.org', ports: [443] },
  ...{ methods: null, paths: null },
}
const status: EgressGrant = {
  ...{ asked: 'status.example', by: '*.example', scheme: 'http', host: 'status.example' },
  ...{ ports: [8080], methods: ['GET'], paths: ['/v1/*'] },
}

async function withSandbox() {
  const orchestrator = await startFakeOrchestrator()
  const { view } = orchestrator.state.create(CreateSandboxRequest.parse({}))
  return Object.assign(orchestrator, { id: view.id })
}

const event = (id: string, type: string, data: object) => ({
  ...{ seq: 1, at: '2026-01-01T00:00:00.000Z', sandbox: id, type },
  data: { ...data },
})

test('inspect shows what a sandbox may reach, and what it tried, each once', async () => {
  await using orchestrator = await withSandbox()
  const { id, state } = orchestrator
  state.update(id, { egress: [npm, status] })
  const blocked = { method: 'CONNECT', target: 'evil.example:443', reason: 'host_not_allowed' }
  state.events.push(
    event(id, 'egress_denied', blocked),
    event(id, 'egress_denied', { ...blocked, target: '\u001b[2Jevil.example:443' }),
    event(id, 'egress_denied', blocked),
    event(id, 'egress_allowed', { method: 'GET', target: 'status.example:8080', rule: 'npm' }),
  )
  const { stdout } = await runCli(orchestrator, 'inspect', id)

  expect(stdout).toContain('  npm: https://registry.npmjs.org\n')
  expect(stdout).toContain(
    '  status.example (by the rule *.example): http://status.example:8080 GET /v1/*\n',
  )
  expect(stdout).toMatch(/^2 +CONNECT +evil\.example:443 +host_not_allowed$/m)
  expect(stdout).toMatch(/Let out:\n.*\n1 +GET +status\.example:8080 +npm\n/)
  expect(stdout).not.toContain('\u001b')
})

test('inspect shows what a sandbox may write, and which limits it reached', async () => {
  await using orchestrator = await withSandbox()
  const { id, state } = orchestrator
  const limit = { guard: 'watchdog', limitBytes: 8e9, limitInodes: 1e6 } as const
  state.update(id, { disk: { ...limit, usedBytes: 120e6, usedInodes: 5 } })
  state.events.push(
    event(id, 'limit_reached', { limit: 'memory', container: 'workspace', times: 1 }),
    event(id, 'limit_reached', { limit: 'memory', container: 'workspace', times: 9 }),
    event(id, 'limit_reached', { limit: 'pids', container: 'workspace', times: 9 }),
  )
  const { stdout } = await runCli(orchestrator, 'inspect', id)

  expect(stdout).toContain('disk: 120 MB, 8.0 GB at most (watchdog)\n')
  expect(stdout).toContain('limits reached: memory, pids\n')
})

test('inspect prints one object for programs', async () => {
  await using orchestrator = await withSandbox()
  const { stdout } = await runCli(orchestrator, 'inspect', orchestrator.id, '--json')

  expect(JSON.parse(stdout)).toMatchObject({ id: orchestrator.id, egress: [], attempts: [] })
})

test('egress test says which rule decides, and ends with 5 when none allows it', async () => {
  await using orchestrator = await startFakeOrchestrator()

  expect(await runCli(orchestrator, 'egress', 'test', 'https://allowed.example/')).toEqual({
    ...{ code: 0, stderr: '' },
    stdout: 'allowed: About https://allowed.example/.\n',
  })
  expect(await runCli(orchestrator, 'egress', 'test', 'https://evil.example/')).toEqual({
    ...{ code: 5, stderr: '' },
    stdout: 'DENIED: About https://evil.example/.\nDo not retry.\n',
  })
  const misuse = await runCli(orchestrator, 'egress', 'test', 'x', '--method', 'TRACE')
  expect(misuse).toMatchObject({ code: 2, stderr: expect.stringContaining('Write one of GET') })
})

test('a refusal that names a key of the blueprint is told with its line', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using directory = await temporaryDirectory({
    'sandbox.yaml': 'egress:\n  - npm\n  - host: evil.example\n',
  })
  orchestrator.state.failure = new SandboxError('policy_refused', 'Too much.', {
    hint: 'Ask for less.',
    details: { key: ['egress', 1] },
  })
  const cli = new Cli(orchestrator, { cwd: directory.path })
  const { code, stderr } = await cli.run('up')

  expect(code).toBe(5)
  expect(stderr).toContain('error: sandbox.yaml:3: egress.1: Too much.\n')
})

test('inspect shows where credentials are put in, and alarms at its end', async () => {
  await using orchestrator = await withSandbox()
  const { id, state } = orchestrator
  const tickets = { host: 'tickets.example', port: 443, methods: ['GET'], paths: ['/v1/*'] }
  const more = { variable: 'TICKETS_TOKEN', place: 'authorization: Bearer' }
  state.update(id, { credentials: { tickets: { ...tickets, ...more } } })
  const put = { method: 'GET', target: 'tickets.example:443', rule: 'credential tickets' }
  const alarm = {
    alarm: 'placeholder',
    where: 'in \u001b[2Jx-note',
    credential: null,
    path: '/v1/x',
  }
  state.events.push(
    event(id, 'egress_allowed', { ...put, credentials: ['tickets'] }),
    event(id, 'alarm', { ...put, ...alarm }),
  )
  const { stdout } = await runCli(orchestrator, 'inspect', id)

  expect(stdout).toContain('tickets: $TICKETS_TOKEN, for https://tickets.example GET /v1/*')
  expect(stdout).toMatch(/GET +tickets\.example:443 +credential tickets \(put in\)/)
  expect(stdout).toMatch(
    /ALARMS: 1\n.*\n.*a placeholder in \S*x-note +- +GET tickets\.example:443\/v1\/x/,
  )
  expect(stdout).not.toContain('\u001b')
})
