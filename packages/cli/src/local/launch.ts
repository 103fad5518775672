import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { stateDirectory } from '@stuntdouble/sdk/node'
import type { Context } from '../context.ts'
import type { ConfigFile } from './config-file.ts'
import { findRunning } from './running.ts'

const startWithinMs = 120_000
const pollMs = 50
/** EX_CONFIG of sysexits.h, as the orchestrator leaves when its configuration is wrong. */
const configurationError = 78

/** Starts an orchestrator that outlives us, and waits until it answers. Its log is for its owner alone. */
export async function launch(
  context: Context,
  config: ConfigFile | undefined,
): Promise<ControlClient> {
  const directory = stateDirectory(context.env)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const logFile = join(directory, 'orchestrator.log')
  await using log = await open(logFile, 'a', 0o600)
  const { size } = await log.stat()
  const child = await start(context, config, log)
  try {
    return await untilItAnswers(context, child)
  } catch (error) {
    if (error !== ended) throw error
    const words = await lastWords(logFile, size)
    throw child.exitCode === configurationError ? notConfigured(words) : didNotStart(words, logFile)
  } finally {
    child.unref()
  }
}

/** Throws `config_invalid` unless an orchestrator could be started on it here and now; starts none. */
export async function checkConfig(context: Context, config: ConfigFile): Promise<void> {
  const parameters = orchestratorCommand(context, [...launchArguments(config), '--check'])
  const child = spawn(process.execPath, parameters, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: context.env,
  })
  const [words] = await Promise.all([text(child.stderr), once(child, 'close')])
  if (child.exitCode === 0) return
  const [message = 'The new configuration cannot be used.', hint = ''] = sentencesOf(words)
  throw notConfigured([
    message,
    `${hint} The orchestrator that runs is left as it was.`.trimStart(),
  ])
}

/**
 * What runs an orchestrator, for Node. Left to itself Node lets short-lived objects have 64 MB and more
 * before it looks for those that are gone: with a hundred sandboxes a third of all memory was that.
 */
export const orchestratorCommand = (
  { orchestratorMain }: Context,
  parameters: readonly string[],
): readonly string[] => ['--max-semi-space-size=4', orchestratorMain, ...parameters]

export const launchArguments = (config: ConfigFile | undefined): readonly string[] =>
  config ? ['--config', config.path, '--config-digest', config.digest] : []

async function start(context: Context, config: ConfigFile | undefined, log: FileHandle) {
  const child = spawn(process.execPath, orchestratorCommand(context, launchArguments(config)), {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: context.env,
    // It must not keep the user’s directory from being removed or unmounted.
    cwd: stateDirectory(context.env),
  })
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  return child
}

const ended = Symbol('ended')

async function untilItAnswers(context: Context, child: ChildProcess): Promise<ControlClient> {
  const deadline = Date.now() + startWithinMs
  while (Date.now() < deadline) {
    const running = await findRunning(context)
    if (running && running.state.pid === child.pid) return running.control
    if (child.exitCode !== null || child.signalCode !== null) throw ended
    await sleep(pollMs)
  }
  child.kill('SIGTERM')
  throw tooSlow()
}

async function lastWords(logFile: string, from: number): Promise<readonly string[]> {
  const log = await readFile(logFile)
  return sentencesOf(log.subarray(from).toString('utf8'))
}

/** Its last two lines that are no log records: what happened, and what to do. */
const sentencesOf = (words: string) =>
  words
    .split('\n')
    .filter((line) => line.trim() && !line.startsWith('{'))
    .slice(-2)

const notConfigured = ([message = '', hint = '']: readonly string[]) =>
  new SandboxError('config_invalid', message, { hint })

const didNotStart = ([message, hint]: readonly string[], logFile: string) =>
  new SandboxError(
    'orchestrator_unreachable',
    message
      ? `The local orchestrator did not start: ${message}`
      : 'The local orchestrator ended at once.',
    { hint: hint ?? `Its log, ${logFile}, may say why.` },
  )

const tooSlow = () =>
  new SandboxError('orchestrator_unreachable', 'The local orchestrator did not answer in time.', {
    hint: 'Try again; `sandbox serve` shows what it is doing.',
    retryable: true,
  })
