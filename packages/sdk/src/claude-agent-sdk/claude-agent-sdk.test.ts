import { query } from '@anthropic-ai/claude-agent-sdk'
import { expect, test } from 'vitest'
import { Sandbox } from '../sandbox/sandbox.ts'
import { runPage } from '../testing/run-page.ts'
import type { RunningCommand } from '../testing/script.ts'
import { startTestOrchestrator } from '../testing/test-orchestrator.ts'
import { agentInside, remoteTools } from './claude-agent-sdk.ts'

const words = { session_id: 's', uuid: 'u' }

/** Claude Code, as far as its protocol goes: it takes the first message and says that it has. */
async function claude({ stdin, say }: RunningCommand): Promise<string> {
  let asked = ''
  const write = (message: object) => say(`${JSON.stringify(message)}\n`)
  for await (const line of linesOf(stdin)) {
    const message = JSON.parse(line)
    if (message.type === 'control_request') {
      const response = { commands: [], models: [], account: {}, mcp_servers_applied: true }
      const { request_id } = message
      write({ type: 'control_response', response: { subtype: 'success', request_id, response } })
    }
    if (message.type !== 'user') continue
    asked = JSON.stringify(message.message.content)
    write({ type: 'result', subtype: 'success', is_error: false, result: asked, ...words })
    break
  }
  return ''
}

async function* linesOf(stdin: RunningCommand['stdin']) {
  let rest = ''
  for await (const chunk of stdin) {
    const parts = `${rest}${chunk}`.split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}

test('the agent’s process runs in the sandbox, with nothing of this machine’s environment', async () => {
  await using world = await startTestOrchestrator({ commands: claude })
  await using box = await Sandbox.create({ env: world.env, blueprint: {} })
  const asking = query({
    prompt: 'Who are you?',
    options: {
      env: { PATH: '/usr/bin', AWS_SECRET_ACCESS_KEY: 'hunter2' },
      ...agentInside(box, { env: { ANTHROPIC_BASE_URL: 'http://model' } }),
    },
  })
  const messages = await Array.fromAsync(asking)

  expect(messages.at(-1)).toMatchObject({ type: 'result', result: expect.stringContaining('Who') })
  const [ran] = world.asked.commands
  expect(ran).toMatchObject({ sandbox: box.id, cwd: '/workspace' })
  expect(ran?.command.slice(0, 2)).toEqual(['claude', '--output-format'])
  expect(ran?.env).toMatchObject({ ANTHROPIC_BASE_URL: 'http://model' })
  expect(JSON.stringify(ran)).not.toContain('hunter2')
  expect(JSON.stringify(ran)).not.toContain(process.cwd())
})

test('a program that is not there is an error that names it', async () => {
  await using world = await startTestOrchestrator()
  await using box = await Sandbox.create({ env: world.env, blueprint: {} })
  const heard: string[] = []
  const onStderr = (text: string) => heard.push(text)
  const asking = query({
    prompt: 'Hello',
    options: agentInside(box, { onStderr }),
  })

  await expect(Array.fromAsync(asking)).rejects.toThrow('127')
  expect(heard.join('')).toContain('claude')
})

test('an agent in a sandbox that is gone fails with what became of it', async () => {
  await using world = await startTestOrchestrator()
  const box = await Sandbox.create({ env: world.env, blueprint: {} })
  await box.kill()
  const asking = query({ prompt: 'Hello', options: agentInside(box) })

  await expect(Array.fromAsync(asking)).rejects.toThrow('has ended')
})

test('an agent that is aborted ends inside as well', async () => {
  const running = Promise.withResolvers<AbortSignal>()
  const commands = ({ signal }: RunningCommand) => {
    running.resolve(signal)
    return new Promise<undefined>(() => {})
  }
  await using world = await startTestOrchestrator({ commands })
  await using box = await Sandbox.create({ env: world.env, blueprint: {} })
  const abortController = new AbortController()
  const options = { abortController, ...agentInside(box) }
  const asking = Array.fromAsync(query({ prompt: 'Hello', options }))
  asking.catch(() => {})
  const signal = await running.promise
  abortController.abort()

  await expect(asking).rejects.toThrow('abort')
  await expect.poll(() => signal.aborted, { timeout: 15_000 }).toBe(true)
})

test('an agent here has the sandbox’s tools, and none of this machine’s', async () => {
  await using world = await startTestOrchestrator()
  await using box = await Sandbox.create({ env: world.env, blueprint: {} })
  const { mcpServers, ...options } = remoteTools(box)

  expect(mcpServers).toEqual({
    stuntdouble: {
      type: 'http',
      url: `${world.url}/mcp`,
      headers: { authorization: `Bearer ${box.token}` },
    },
  })
  expect(options).toMatchObject({ tools: [], settingSources: [], strictMcpConfig: true })
  expect(options.mcpServersDelivery).toBe('initialize')
  expect(options.allowedTools).toContain(options.toolAliases.Bash)
})

test('the token of remote tools goes in by standard input, and is on no command line', async () => {
  const heard: string[] = []
  const commands = (command: RunningCommand) => {
    command.stdin.on('data', (chunk) => heard.push(String(chunk)))
    return claude(command)
  }
  await using world = await startTestOrchestrator({ commands })
  await using box = await Sandbox.create({ env: world.env, blueprint: {} })
  const options = { ...remoteTools(box), ...agentInside(box) }
  await Array.fromAsync(query({ prompt: 'Hello', options }))
  const [ran] = world.asked.commands

  expect(heard.join('')).toContain(`Bearer ${box.token}`)
  expect(JSON.stringify(ran)).not.toContain(box.token)
  expect(ran?.command).toContain('--strict-mcp-config')
})

test('the program of docs/claude-agent-sdk.md works as it is written', async () => {
  await using world = await startTestOrchestrator({ commands: claude })
  const files = { 'sandbox.yaml': 'ttl: 10m\n' }

  expect(await runPage('claude-agent-sdk.md', { env: world.env, files })).toContain('How many')
})
