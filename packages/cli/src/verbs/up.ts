import type { Handover } from '@stuntdouble/sdk/wire'
import { duration } from '../arguments/duration.ts'
import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { humanSeconds } from '../output/amounts.ts'
import { credentialLines } from '../output/credentials.ts'
import { grants } from '../output/grants.ts'
import { paint } from '../output/paint.ts'
import { blueprintFor, createSandbox } from '../sandboxes/create-sandbox.ts'

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
  const file = await blueprintFor(context.cwd, options.blueprint || undefined)
  const control = await call.control({ config: true })
  const handover = await interruptible(context, (signal) =>
    createSandbox(call, { control, file, signal }),
  )
  call.print(handover, describe(call, handover))
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
