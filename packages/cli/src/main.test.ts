import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import {
  type FakeOrchestrator,
  startFakeOrchestrator,
} from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { expect, test, vi } from 'vitest'

// Processes start, and on a busy machine slowly.
vi.setConfig({ testTimeout: 30_000 })

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

function start(orchestrator: FakeOrchestrator, ...argv: readonly string[]) {
  const env = { STUNTDOUBLE_URL: orchestrator.url, STUNTDOUBLE_API_KEY: orchestrator.apiKey }
  const child = spawn(process.execPath, [main, ...argv], { env })
  const done = async () => {
    const ended = [once(child, 'exit'), text(child.stdout), text(child.stderr)] as const
    const [[code], stdout, stderr] = await Promise.all(ended)
    return { code, stdout, stderr }
  }
  return { child, done }
}

async function withSandbox() {
  const orchestrator = await startFakeOrchestrator()
  const { view } = orchestrator.state.create(CreateSandboxRequest.parse({}))
  return Object.assign(orchestrator, { id: view.id })
}

test('a process passes the child’s code and its last byte on, with standard input still open', async () => {
  await using orchestrator = await withSandbox()
  const { done } = start(
    orchestrator,
    'exec',
    orchestrator.id,
    '--',
    'head -c 300000 /dev/zero; exit 9',
  )
  const { code, stdout } = await done()
  expect({ code, length: stdout.length }).toEqual({ code: 9, length: 300_000 })
})

test('a process that is misused leaves with 2 and prints no stack', async () => {
  await using orchestrator = await withSandbox()
  const { code, stderr } = await start(orchestrator, 'dwon').done()
  expect(code).toBe(2)
  expect(stderr).toContain('Did you mean down?')
  expect(stderr).not.toContain('    at ')
})

test('SIGINT during up leaves with 130 and tells the server', async () => {
  await using orchestrator = await startFakeOrchestrator()
  orchestrator.state.hold = new Promise(() => {})
  const { child, done } = start(orchestrator, 'up')
  child.stderr.on('data', (data) => String(data).includes('Working') && child.kill('SIGINT'))
  expect(await done()).toMatchObject({ code: 130, stdout: '' })
  await expect.poll(() => orchestrator.state.abandoned).toBe(1)
})

test('a reader that has seen enough ends it quietly', async () => {
  await using orchestrator = await withSandbox()
  const { child } = start(orchestrator, 'exec', orchestrator.id, '--', 'yes')
  child.stdout.once('data', () => child.stdout.destroy())
  await once(child, 'exit')
  expect(child.exitCode).toBe(141)
})
