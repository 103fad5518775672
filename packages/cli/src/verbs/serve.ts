import { spawn } from 'node:child_process'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { port } from '../arguments/port.ts'
import type { AddVerb, Call } from '../call.ts'
import type { Context } from '../context.ts'
import { findConfig, findRunning, launchArguments, orchestratorCommand } from '../local/local.ts'

interface Options {
  readonly host?: string
  readonly port?: number
  readonly gatewayPort?: number
}

export const addServe: AddVerb = (parent, act) =>
  parent
    .command('serve')
    .description('run the orchestrator in the foreground')
    .option('--host <address>', 'where to listen; 127.0.0.1 by default')
    .option('--port <port>', 'of the API and the dashboard', port)
    .option('--gateway-port <port>', 'of the sandboxes’ own addresses', port)
    .action(act(serve))

async function serve({ context, options }: Call<Options>) {
  const config = await findConfig(context, options.config)
  const running = await findRunning(context)
  if (running) throw alreadyRuns(running.state.pid)
  const listen = [
    ...(options.host === undefined ? [] : ['--host', options.host]),
    ...(options.port === undefined ? [] : ['--port', String(options.port)]),
    ...(options.gatewayPort === undefined ? [] : ['--gateway-port', String(options.gatewayPort)]),
  ]
  return await inForeground(context, [...launchArguments(config), ...listen])
}

/** Our end waits for its end; what it says goes where ours would. */
async function inForeground(context: Context, parameters: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, orchestratorCommand(context, parameters), {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: context.env,
  })
  const stop = context.onInterrupt(() => child.kill('SIGTERM'))
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => resolve(code ?? 1))
    })
  } finally {
    stop()
  }
}

const alreadyRuns = (pid: number) =>
  new SandboxError('conflict', `An orchestrator runs here already (process ${pid}).`, {
    hint: 'Use it as it is, or end it first; its sandboxes stay.',
  })
