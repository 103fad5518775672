import type { AddVerb, Call } from '../call.ts'
import { table } from '../output/table.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

export const addCheckpointLs: AddVerb = (parent, act) =>
  parent
    .command('ls')
    .description('list a sandbox’s checkpoints, newest first')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .action(act(ls))

async function ls({ control: open, operands: [text = ''], print }: Call) {
  const control = await open()
  const id = await findSandbox(control, text)
  const checkpoints = await control.checkpoints(id)
  const none = `No checkpoint yet. \`sandbox checkpoint ${id}\` makes one.\n`
  const rows = checkpoints.map(({ name, createdAt }) => [name, createdAt])
  print({ checkpoints }, rows.length === 0 ? none : table(['NAME', 'MADE'], rows))
}
