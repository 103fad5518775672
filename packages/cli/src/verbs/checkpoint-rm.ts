import type { AddVerb, Call } from '../call.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

export const addCheckpointRm: AddVerb = (parent, act) =>
  parent
    .command('rm')
    .description('remove checkpoints of a sandbox')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .argument('<checkpoints...>', 'checkpoints')
    .action(act(rm))

/** One after another, so that the first failure says which are left. */
async function rm({ control: open, operands: [text = '', ...names], print }: Call) {
  const control = await open()
  const id = await findSandbox(control, text)
  for (const name of names) await control.removeCheckpoint(id, name)
  print({ removed: names }, names.map((name) => `${name} removed.\n`).join(''))
}
