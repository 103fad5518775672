import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { directoriesOf } from './directories.ts'
import { createLog } from './lib/log.ts'
import { traceOf } from './lib/trace.ts'
import { checkConfiguration, serve } from './serve.ts'

/**
 * `node main.ts [--config FILE] [--config-digest HEX] [--host HOST] [--port N] [--gateway-port N]`
 * With `--check` it reads its configuration and starts nothing.
 */
const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    'config-digest': { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    'gateway-port': { type: 'string' },
    check: { type: 'boolean' },
  },
})

/** EX_CONFIG of sysexits.h: who started us can tell a mistake of the operator from one of ours. */
const configurationError = 78

const log = createLog(process.env.STUNTDOUBLE_LOG ?? 'info')

// Node would print all of the error, and a database’s words may hold a value from a source.
process.once('uncaughtException', (cause) => {
  log.fatal(traceOf(cause), 'ended by an error that nobody handled')
  process.exit(1)
})

try {
  const configPath = values.config ?? null
  if (values.check) {
    checkConfiguration(configPath, process.env)
    process.exit(0)
  }
  const orchestrator = await serve({
    directories: directoriesOf(process.env),
    environment: process.env,
    configPath,
    configDigest: values['config-digest'] ?? '',
    host: values.host,
    port: portOf(values.port),
    gatewayPort: portOf(values['gateway-port']),
    dashboard: join(import.meta.dirname, '../../dashboard/dist'),
    sandboxPage: join(import.meta.dirname, '../../dashboard/dist-sandbox'),
    images: join(import.meta.dirname, '../../../images'),
    log,
  })
  process.stdout.write(`Stuntdouble is listening on ${orchestrator.url}\n`)
  await stopSignal()
  await orchestrator[Symbol.asyncDispose]()
  process.exit(0)
} catch (cause) {
  if (!(cause instanceof SandboxError)) throw cause
  process.stderr.write(`${cause.message}\n${cause.hint}\n`)
  process.exit(cause.code === 'config_invalid' ? configurationError : 1)
}

function portOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}
