import type { ControlClient } from '@stuntdouble/sdk/client'
import {
  type BlueprintFile,
  findBlueprint,
  located,
  readBlueprint,
  uploadWorkspace,
} from '@stuntdouble/sdk/node'
import type { Handover, OnProgress } from '@stuntdouble/sdk/wire'
import { duration } from '../arguments/duration.ts'
import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { humanSeconds } from '../output/amounts.ts'
import { credentialLines } from '../output/credentials.ts'
import { grants } from '../output/grants.ts'
import { paint } from '../output/paint.ts'
import { printableName } from '../output/printable.ts'
import { openStatus, type Status } from '../output/status.ts'

interface Options {
  readonly blueprint?: string
  readonly ttl?: string
  readonly idle?: string
  readonly wait: boolean
}

export const addUp: AddVerb = (parent, act) =>
  parent
    .command('up')
    .description('make a sandbox and hand it over')
    .option('--blueprint <file>', 'what it consists of; sandbox.yaml here by default')
    .option('--ttl <duration>', 'its hard end, counted from now', duration)
    .option('--idle <duration>', 'its end after this long without use', duration)
    .option('--no-wait', 'be refused at once where there is no room, in place of waiting for it')
    .action(act(up))

async function up(call: Call<Options>) {
  const { context, options } = call
  const file = options.blueprint
    ? await readBlueprint(options.blueprint, context.cwd)
    : await findBlueprint(context.cwd)
  const control = await call.control({ config: true })
  const handover = await interruptible(context, (signal) => create(call, { control, file, signal }))
  call.print(handover, describe(call, handover))
}

interface Creation {
  readonly control: ControlClient
  readonly file: BlueprintFile
  readonly signal: AbortSignal
}

async function create({ context, options }: Call<Options>, { control, file, signal }: Creation) {
  using status = openStatus(context)
  status.show({ phase: 'workspace', message: 'Sending the workspace' })
  const workspace = await uploadWorkspace(control, file, signal)
  if (workspace) noteLeftOut(status, workspace.leftOut)
  status.show({ phase: 'create', message: 'Making the sandbox' })
  const request = {
    blueprint: file.blueprint,
    ...(options.ttl && { ttl: options.ttl }),
    ...(options.idle && { idle: options.idle }),
    ...(workspace && { workspace: workspace.id }),
    wait: options.wait,
  }
  const onProgress: OnProgress = (report) => status.show(report)
  return await control.createSandbox(request, { signal, onProgress }).catch((error: unknown) => {
    throw located(error, file)
  })
}

function noteLeftOut(status: Status, leftOut: readonly string[]) {
  if (leftOut.length === 0) return
  const shown = leftOut.slice(0, 5).map(printableName).join(', ')
  const more = leftOut.length > 5 ? ` and ${leftOut.length - 5} more` : ''
  status.note(`Left out, as they look like secrets or lead out: ${shown}${more}.`)
}

function describe({ context }: Call<Options>, handover: Handover): string {
  const { id, url, expiresAt, databases, files = {}, egress = [], credentials = {} } = handover
  const { bold, dim } = paint(context, context.stdout)
  const left = humanSeconds((Date.parse(expiresAt) - Date.now()) / 1000)
  const names = Object.keys(databases)
  const steps = [
    [`sandbox sh ${id}`, 'a terminal inside'],
    [`sandbox exec ${id} -- ls -la`, 'one command'],
    ...(names.length > 0 ? [[`sandbox db ${id}`, 'psql on its data']] : []),
    [`sandbox down ${id}`, 'end it, with a receipt'],
  ]
  return [
    `${bold(id)} is ready. It ends in ${left}, at ${expiresAt}.`,
    '',
    `  url       ${url}`,
    ...Object.entries(databases).map(
      ([name, view]) =>
        `  database  ${name}: ${view.url} ${dim(`(inside; snapshot ${view.snapshot})`)}`,
    ),
    ...grants(egress).map((grant) => `  egress    ${grant}`),
    ...credentialLines(credentials).map((line) => `  put in    ${line}`),
    ...Object.entries(files).map(
      ([name, view]) =>
        `  files     ${name}: ${view.path} ${dim(`(inside; snapshot ${view.snapshot})`)}`,
    ),
    '',
    ...steps.map(([command = '', what = '']) => `  ${command.padEnd(40)}${dim(what)}`),
    '',
  ].join('\n')
}
