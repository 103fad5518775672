import type { AddVerb, Call } from '../call.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'
import { addCheckpointLs } from './checkpoint-ls.ts'
import { addCheckpointRm } from './checkpoint-rm.ts'

export const addCheckpoint: AddVerb = (parent, act) => {
  const verb = parent
    .command('checkpoint')
    .description('keep the state of databases, files and workspace, to go back to')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .argument('[name]', 'checkpoint-1 and so on when left out')
    .action(act(checkpoint))
  for (const add of [addCheckpointLs, addCheckpointRm]) add(verb, act)
}

async function checkpoint({ control: open, operands: [text = '', name], print }: Call) {
  const control = await open()
  const id = await findSandbox(control, text)
  const made = await control.checkpoint(id, name)
  print(made, `${made.name} kept. \`sandbox rollback ${id} ${made.name}\` goes back to it.\n`)
}
