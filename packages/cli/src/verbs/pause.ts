import type { AddVerb, Call } from '../call.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

export const addPause: AddVerb = (parent, act) =>
  parent
    .command('pause')
    .description('stop everything in a sandbox for a while; its hard end still comes')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .action(act(pause))

async function pause({ control: open, operands: [text = ''], print }: Call) {
  const control = await open()
  const view = await control.pause(await findSandbox(control, text))
  print(
    view,
    `${view.id} is paused. \`sandbox resume ${view.id}\` has it go on; it ends at ${view.expiresAt}.\n`,
  )
}
