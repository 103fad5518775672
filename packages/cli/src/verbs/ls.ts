import type { SandboxView } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { humanSeconds } from '../output/amounts.ts'
import { table } from '../output/table.ts'

interface Options {
  readonly all?: boolean
}

export const addLs: AddVerb = (parent, act) =>
  parent
    .command('ls')
    .description('list the sandboxes that run')
    .option('-a, --all', 'those that ended as well')
    .action(act(ls))

async function ls({ control, options, print }: Call<Options>) {
  const sandboxes = await (await control()).listSandboxes({ all: options.all ?? false })
  const none = 'No sandbox runs. `sandbox up` makes one.\n'
  print({ sandboxes }, sandboxes.length === 0 ? none : table(head, sandboxes.map(row)))
}

const head = ['ID', 'STATE', 'LEFT', 'IDLE END', 'DATA', 'RECEIPT']

function row(sandbox: SandboxView): string[] {
  const left = (end: string) => humanSeconds((Date.parse(end) - Date.now()) / 1000)
  const lives = sandbox.state !== 'ending' && sandbox.state !== 'ended'
  return [
    sandbox.id,
    sandbox.endReason ? `${sandbox.state} (${sandbox.endReason})` : sandbox.state,
    lives ? left(sandbox.expiresAt) : '-',
    lives ? left(sandbox.idleAt) : '-',
    [...Object.entries(sandbox.databases), ...Object.entries(sandbox.files)]
      .map(([name, { source }]) => `${name}=${source}`)
      .join(' ') || '-',
    receipt(sandbox),
  ]
}

function receipt({ clean }: SandboxView): string {
  if (clean === null) return '-'
  return clean ? 'clean' : 'NOT CLEAN'
}
