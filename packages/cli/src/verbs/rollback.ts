import type { AddVerb, Call } from '../call.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

export const addRollback: AddVerb = (parent, act) =>
  parent
    .command('rollback')
    .description('bring databases, files and workspace back to a checkpoint; what runs inside ends')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .argument('[checkpoint]', 'the newest when left out')
    .action(act(rollback))

async function rollback({ control: open, operands: [text = '', to], print }: Call) {
  const control = await open()
  const view = await control.rollback(await findSandbox(control, text), to)
  print(view, `${view.id} is back at ${to ?? 'its newest checkpoint'}.\n`)
}
