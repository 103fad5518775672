import type { AddVerb, Call } from '../call.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

export const addResume: AddVerb = (parent, act) =>
  parent
    .command('resume')
    .description('have a paused sandbox go on')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .action(act(resume))

async function resume({ control: open, operands: [text = ''], print }: Call) {
  const control = await open()
  const view = await control.resume(await findSandbox(control, text))
  print(view, `${view.id} goes on.\n`)
}
