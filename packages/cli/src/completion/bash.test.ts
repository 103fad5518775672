import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { expect, test, vi } from 'vitest'
import { temporaryDirectory } from '../testing/temporary-directory.ts'
import { scripts } from './scripts.ts'

// Processes start, and on a busy machine slowly.
vi.setConfig({ testTimeout: 30_000 })

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** What bash would offer after these words, having read our script and nothing of anybody’s profile. */
async function offered(words: readonly string[], { setup = '', script = '', env = {}, cwd = '/' }) {
  const program = `${setup}
${script || scripts.bash}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_sandbox_complete sandbox
printf '%s\\n' "\${COMPREPLY[@]}"`
  const argv = ['--norc', '--noprofile', '-c', program, 'bash', 'sandbox', ...words]
  const bash = spawn('bash', argv, { cwd, env: { PATH: '/usr/bin:/bin', ...env } })
  const [stdout, stderr] = await Promise.all([text(bash.stdout), text(bash.stderr)])
  if (bash.exitCode === null) await once(bash, 'exit')
  expect(stderr).toBe('')
  return stdout.split('\n').filter(Boolean)
}

const aliased = `shopt -s expand_aliases; alias sandbox="${process.execPath} ${main}"`
const asFunction = `sandbox() { "${process.execPath}" "${main}" "$@"; }`

test.each([aliased, asFunction])('bash completes commands where there is %s', async (setup) => {
  expect(await offered(['snap'], { setup })).toEqual(['snapshot'])
})

test('bash completes ids by the orchestrator that runs', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { id } = orchestrator.state.create(CreateSandboxRequest.parse({})).view
  const env = { STUNTDOUBLE_URL: orchestrator.url, STUNTDOUBLE_API_KEY: orchestrator.apiKey }
  expect(await offered(['url', 'sb'], { setup: aliased, env })).toEqual([id])
})

test('the script is what the command prints, and registers itself', async () => {
  const setup = `${asFunction}; eval "$(sandbox completion bash)"; complete -p sandbox`
  const [registered] = await offered([''], { setup })
  expect(registered).toBe('complete -o default -F _sandbox_complete sandbox')
})

test('what an answer or a line holds is never evaluated', async () => {
  await using directory = await temporaryDirectory()
  const { path: cwd } = directory
  const bait = '$(>evaluated)'
  await writeFile(join(cwd, 'answer'), `${bait}\n`)
  const setup = 'sandbox() { cat answer; }'
  const evaluated = () =>
    access(join(cwd, 'evaluated')).then(
      () => true,
      () => false,
    )

  expect(await offered(['url', bait], { setup, cwd })).toEqual([bait])
  expect(await evaluated()).toBe(false)

  // What most completions do, and what the same bait does there.
  const script = `_sandbox_complete() { COMPREPLY=($(compgen -W "$(sandbox)" -- '')); }`
  await offered(['url', ''], { setup, cwd, script })
  expect(await evaluated()).toBe(true)
})
