import { duration } from '../arguments/duration.ts'
import type { AddVerb, Call } from '../call.ts'
import { humanSeconds } from '../output/amounts.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

export const addExtend: AddVerb = (parent, act) =>
  parent
    .command('extend')
    .description('move a sandbox’s hard end')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .argument('<by>', 'how much longer, such as 30m', duration)
    .action(act(extend))

async function extend({ control: open, operands: [id = '', by = ''], print }: Call) {
  const control = await open()
  const view = await control.extendSandbox(await findSandbox(control, id), by)
  const left = humanSeconds((Date.parse(view.expiresAt) - Date.now()) / 1000)
  print(view, `${view.id} now ends in ${left}, at ${view.expiresAt}.\n`)
}
