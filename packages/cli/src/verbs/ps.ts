import type { ProcessView } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { humanSeconds } from '../output/amounts.ts'
import { table } from '../output/table.ts'
import { borrowSandbox } from '../sandboxes/borrow-sandbox.ts'

export const addPs: AddVerb = (parent, act) =>
  parent
    .command('ps')
    .description('list what runs in the background of a sandbox')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .action(act(ps))

async function ps({ control, operands: [id = ''], print }: Call) {
  await using borrowed = await borrowSandbox(await control(), id)
  const processes = await borrowed.box.commands.list()
  const none = 'Nothing runs in the background. `sandbox exec --detach ID -- COMMAND` starts it.\n'
  print({ processes }, processes.length === 0 ? none : table(head, processes.map(row)))
}

const head = ['PROCESS', 'PID', 'STATE', 'SINCE', 'COMMAND']

function row({ id, pid, state, startedAt, exitCode, command }: ProcessView): string[] {
  const since = humanSeconds((Date.now() - Date.parse(startedAt)) / 1000)
  const ended = exitCode === null ? state : `${state} (${exitCode})`
  return [id, String(pid ?? '-'), ended, since, [command ?? 'a login shell'].flat().join(' ')]
}
