import type { ControlClient } from '@stuntdouble/sdk/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { type CommandLine, commandLine } from '../arguments/command-line.ts'
import { duration } from '../arguments/duration.ts'
import { environmentVariable } from '../arguments/environment-variable.ts'
import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { exit } from '../exit-codes.ts'
import { asideNotes, statText } from '../output/changes-text.ts'
import { receiptText } from '../output/receipt-text.ts'
import { take } from '../review/take.ts'
import { attach } from '../sandboxes/attach.ts'
import { borrowSandbox } from '../sandboxes/borrow-sandbox.ts'
import { blueprintFor, createSandbox } from '../sandboxes/create-sandbox.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'
import { terminalSize } from '../sandboxes/terminal.ts'

interface Options {
  readonly blueprint?: string
  readonly sandbox?: string
  readonly modelApi?: string
  readonly ttl?: string
  readonly env?: Readonly<Record<string, string>>
  readonly keep?: boolean
  readonly patch?: string
  readonly branch?: string
}

export const addRun: AddVerb = (parent, act) =>
  parent
    .command('run')
    .description('run an agent in a sandbox, bring what it changed, and end the sandbox')
    .usage('[options] -- COMMAND [ARGUMENT...]')
    .argument('[command...]', 'one word is a line for bash; several are run as they are')
    .option('--blueprint <file>', 'what the sandbox consists of; sandbox.yaml here by default')
    .option('--sandbox <id>', 'run in this one instead, which stays')
    .option('--model-api <credential>', 'ask for this credential of stuntdouble.yaml as well')
    .option('--ttl <duration>', 'the sandbox’s hard end, counted from now', duration)
    .option('-e, --env <NAME=value>', 'a variable for it; may be repeated', environmentVariable)
    .option('--patch <file>', 'write what was changed as a patch')
    .option('--branch <name>', 'make a branch of what was changed')
    .option('--keep', 'leave the sandbox running')
    .addHelpText(
      'after',
      '\nThe agent has your terminal, and its exit code becomes ours. Ctrl-C is the agent’s; the sandbox ends after it.\ndocs/run.md says how an agent reaches its model without seeing a key.\n',
    )
    .action(act(run))

async function run(call: Call<Options>) {
  const command = commandLine([...call.operands, ...call.rest])
  if (command === null) throw commandMissing()
  refuseContradictions(call.options)
  const { sandbox } = call.options
  const control = await call.control({ config: sandbox === undefined })
  const id = sandbox === undefined ? await made(call, control) : await findSandbox(control, sandbox)
  // From here on Ctrl-C is the agent’s, and what it leaves is cleared away whatever is pressed.
  using stack = new DisposableStack()
  stack.defer(call.context.onInterrupt(() => {}))
  const stays = sandbox !== undefined || call.options.keep === true
  const code = await inside(call, { control, id, command }).catch(async (error: unknown) => {
    if (!stays) await end(call, control, id)
    throw error
  })
  // Should that fail, the sandbox stays until its lease ends: in it is the only copy of the work.
  await bring(call, control, id).catch((error: unknown) => {
    throw notBrought(id, error)
  })
  const clean = stays ? keep(call, id) : await end(call, control, id)
  return code === 0 && !clean ? exit.failure : code
}

async function made(call: Call<Options>, control: ControlClient): Promise<string> {
  const { context, options } = call
  const file = await blueprintFor(context.cwd, options.blueprint)
  const { credentials } = file.blueprint
  const wanted = options.modelApi === undefined ? [] : [options.modelApi]
  const blueprint = { ...file.blueprint, credentials: [...new Set([...credentials, ...wanted])] }
  const asking = { control, file: { ...file, blueprint } }
  const { id } = await interruptible(context, (signal) =>
    createSandbox(call, { ...asking, signal }),
  )
  context.stderr.write(`${id} is ready.\n`)
  return id
}

interface Inside {
  readonly control: ControlClient
  readonly id: string
  readonly command: CommandLine
}

/** With a terminal on our side there is one inside. */
async function inside({ context, options }: Call<Options>, { control, id, command }: Inside) {
  await using borrowed = await borrowSandbox(control, id)
  const raw = context.stdin.isTTY === true
  const { TERM = 'xterm-256color' } = context.env
  const env = { ...(raw && { TERM }), ...options.env }
  const terminal = raw ? { tty: terminalSize(context) } : {}
  await using process = await borrowed.box.commands.start(command, { env, ...terminal })
  return await attach(context, process, { raw })
}

async function bring(call: Call<Options>, control: ControlClient, id: string) {
  const { context, options } = call
  const { patch, branch } = options
  const { signal } = new AbortController()
  const changes = await control.changes(id, { signal })
  context.stderr.write(`${statText(changes)}${asideNotes(changes)}`)
  if (changes.files.length === 0 || (patch === undefined && branch === undefined)) return
  const chosen = { ...(patch !== undefined && { patch }), ...(branch !== undefined && { branch }) }
  const print = (_value: unknown, text: string) => void context.stderr.write(text)
  await take({ ...call, options: chosen, print }, { control, id, signal })
}

/** Whether nothing is left of it. */
async function end({ context }: Call<Options>, control: ControlClient, id: string) {
  const receipt = await control.destroySandbox(id)
  context.stderr.write(receiptText(context, receipt))
  return receipt.clean
}

function keep({ context }: Call<Options>, id: string) {
  context.stderr.write(
    `${id} goes on. \`sandbox diff ${id}\` shows its changes, \`sandbox down ${id}\` ends it.\n`,
  )
  return true
}

function refuseContradictions({
  json,
  patch,
  branch,
  sandbox,
  ...options
}: Call<Options>['options']) {
  if (json) throw noJson()
  if (patch !== undefined && branch !== undefined) throw oneWay()
  const { blueprint, modelApi, ttl } = options
  if (sandbox !== undefined && (blueprint ?? modelApi ?? ttl) !== undefined) throw isMadeAlready()
}

const commandMissing = () =>
  new SandboxError('usage', 'The agent to run is missing.', {
    hint: 'Write it after two dashes: `sandbox run -- claude`.',
  })

const noJson = () =>
  new SandboxError('usage', 'Standard output is the agent’s: there is no --json.', {
    hint: 'For a program: `sandbox up --json`, then `exec`, `diff` and `down` with --json.',
  })

const oneWay = () =>
  new SandboxError('usage', 'Name one of --patch and --branch.', {
    hint: 'With --keep, `sandbox pull ID` brings the other afterwards.',
  })

const isMadeAlready = () =>
  new SandboxError('usage', '--blueprint, --model-api and --ttl are for a sandbox that is made.', {
    hint: 'Leave out --sandbox, or what was settled when that one was made.',
  })

function notBrought(id: string, error: unknown): unknown {
  if (!(error instanceof SandboxError)) return error
  const { code, message, hint, cause } = error
  return new SandboxError(code, `${message} ${id} stays until its lease ends.`, {
    hint: `${hint} Then \`sandbox pull ${id}\`.`,
    cause,
  })
}
