import type { Sandbox } from '@stuntdouble/sdk'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { type CommandLine, commandLine } from '../arguments/command-line.ts'
import { milliseconds } from '../arguments/duration.ts'
import { environmentVariable } from '../arguments/environment-variable.ts'
import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { attach } from '../sandboxes/attach.ts'
import { borrowSandbox } from '../sandboxes/borrow-sandbox.ts'
import { terminalSize } from '../sandboxes/terminal.ts'

interface Options {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeout?: number
  readonly tty?: boolean
  readonly detach?: boolean
}

export const addExec: AddVerb = (parent, act) =>
  parent
    .command('exec')
    .description('run a command in a sandbox; its exit code becomes ours')
    .usage('ID [options] -- COMMAND [ARGUMENT...]')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .argument('[command...]', 'one word is a line for bash; several are run as they are')
    .option('--cwd <directory>', 'where to run it; /workspace by default')
    .option('-e, --env <NAME=value>', 'a variable for it; may be repeated', environmentVariable)
    .option('--timeout <duration>', 'end it after this long', milliseconds)
    .option('-t, --tty', 'give it your terminal; without, nothing it prints is obeyed by one')
    .option('-d, --detach', 'leave it running in the background, and print its id')
    .action(act(exec))

async function exec(call: Call<Options>) {
  const [id = '', ...words] = call.operands
  const command = commandLine([...words, ...call.rest])
  if (command === null) throw commandMissing()
  await using borrowed = await borrowSandbox(await call.control(), id)
  const { box } = borrowed
  if (call.options.detach) return await detach(call, box, command)
  return call.options.json ? await collect(call, box, command) : await stream(call, box, command)
}

/** A terminal of our size goes along where one was asked for; `sandbox logs` shows what it shows. */
async function detach({ context, options, print }: Call<Options>, box: Sandbox, line: CommandLine) {
  const tty = options.tty ? { tty: terminalSize(context) } : {}
  await using started = await box.commands.run(line, {
    ...{ background: true, ...startOf(options), ...tty },
  })
  const { id, pid } = started
  print({ id, pid }, `${id}\n`)
}

async function collect(
  { context, options, print }: Call<Options>,
  box: Sandbox,
  command: CommandLine,
) {
  const result = await interruptible(context, (signal) =>
    box.commands.run(command, { ...startOf(options), signal }),
  )
  print(result, '')
  return result.exitCode
}

async function stream({ context, options }: Call<Options>, box: Sandbox, command: CommandLine) {
  const tty = options.tty ? { tty: terminalSize(context) } : {}
  await using process = await box.commands.start(command, { ...startOf(options), ...tty })
  return await attach(context, process, { raw: options.tty ?? false })
}

const startOf = ({ cwd, env, timeout }: Options) => ({
  ...(cwd !== undefined && { cwd }),
  ...(env && { env }),
  ...(timeout !== undefined && { timeoutMs: timeout }),
})

const commandMissing = () =>
  new SandboxError('usage', 'The command to run is missing.', {
    hint: 'Write it after two dashes: `sandbox exec ID -- ls -la`.',
  })
