import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'

/** Stands for the orchestrator’s entry point: announces itself as that one does, and notes its starts. */
const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    'config-digest': { type: 'string' },
    port: { type: 'string' },
    check: { type: 'boolean' },
  },
})
// biome-ignore lint/style/noProcessEnv: a program of its own
const { XDG_STATE_HOME = '', FAKE_REFUSAL, FAKE_BUSY, FAKE_MISTAKE } = process.env
const directory = join(XDG_STATE_HOME, 'stuntdouble')

if (values.check && !FAKE_MISTAKE) process.exit(0)
if (FAKE_MISTAKE) {
  process.stderr.write(`${FAKE_MISTAKE}\nCorrect it.\n`)
  process.exit(78)
}
appendFileSync(join(directory, 'starts'), `${process.pid} ${values.config ?? '-'}\n`)
if (FAKE_REFUSAL) {
  process.stdout.write('{"level":30,"msg":"starting"}\n')
  process.stderr.write(`${FAKE_REFUSAL}\nInstall one.\n`)
  process.exit(1)
}

// It is ended without a chance to clear away; who made the directory does.
const orchestrator = await startFakeOrchestrator(directory)
orchestrator.state.health = { pid: process.pid, busy: FAKE_BUSY === 'yes' }
writeFileSync(
  join(directory, 'orchestrator.json'),
  JSON.stringify({
    url: orchestrator.url,
    gatewayUrl: orchestrator.url,
    pid: process.pid,
    key: orchestrator.apiKey,
    configDigest: values['config-digest'] ?? '',
    configPath: values.config ?? null,
    startedAt: new Date().toISOString(),
  }),
  { mode: 0o600 },
)
process.once('SIGTERM', () => process.exit(0))
