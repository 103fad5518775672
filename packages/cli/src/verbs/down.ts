import type { ControlClient } from '@stuntdouble/sdk/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Receipt } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { exit } from '../exit-codes.ts'
import { plural } from '../output/amounts.ts'
import { paint } from '../output/paint.ts'
import { printable } from '../output/printable.ts'
import { openStatus } from '../output/status.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

interface Options {
  readonly all?: boolean
}

export const addDown: AddVerb = (parent, act) =>
  parent
    .command('down')
    .description('end sandboxes, and show for each that nothing is left')
    .argument('[ids...]', 'sandboxes, or the beginnings of their ids')
    .option('-a, --all', 'every sandbox that runs')
    .action(act(down))

/** One sandbox named gives its receipt; several, or all, a list of them. Not clean is a failure. */
async function down(call: Call<Options>) {
  const { operands, options, print } = call
  if ((operands.length === 0) !== (options.all ?? false)) throw idsOrAll()
  const control = await call.control()
  const ids = await idsOf(control, call)
  const receipts = await end(control, call, ids)
  const value = options.all || operands.length > 1 ? { receipts } : receipts[0]
  print(value, receipts.map((receipt) => describe(call, receipt)).join('') || 'No sandbox runs.\n')
  return receipts.every(({ clean }) => clean) ? exit.ok : exit.failure
}

async function idsOf(control: ControlClient, { operands, options }: Call<Options>) {
  if (options.all) return (await control.listSandboxes()).map(({ id }) => id)
  return await Promise.all(operands.map((text) => findSandbox(control, text)))
}

async function end(control: ControlClient, { context }: Call<Options>, ids: readonly string[]) {
  using status = openStatus(context)
  if (ids.length > 0)
    status.show({
      phase: 'down',
      message: `Ending ${plural(ids.length, 'sandbox').replace(/xs$/, 'xes')}`,
    })
  return await Promise.all(ids.map((id) => control.destroySandbox(id)))
}

function describe({ context }: Call<Options>, receipt: Receipt): string {
  const { id, clean, inventory, doubts, blindSpots = [] } = receipt
  const { green, red } = paint(context, context.stdout)
  const unseen = blindSpots.map(({ reason }) => `  not looked for: ${printable(reason)}\n`).join('')
  if (clean)
    return `${id} ended, ${green('clean')}: ${plural(inventory.length, 'thing')} looked for, none left.\n${unseen}`
  const left = inventory
    .filter(({ after }) => after !== 'absent')
    .map(({ kind, name, after }) => `${kind} ${name}: ${after}`)
  const lines = [...left, ...doubts].map((line) => `  ${printable(line)}\n`).join('')
  return `${id} ended, ${red('NOT CLEAN')}:\n${lines}${unseen}`
}

const idsOrAll = () =>
  new SandboxError('usage', 'Name sandboxes, or --all, and not both.', {
    hint: '`sandbox ls` lists those that run.',
  })
