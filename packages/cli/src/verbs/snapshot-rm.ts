import type { AddVerb, Call } from '../call.ts'
import { exit } from '../exit-codes.ts'
import { fail } from '../failure.ts'

export const addSnapshotRm: AddVerb = (parent, act) =>
  parent
    .command('rm')
    .description('remove snapshots that no sandbox uses')
    .argument('<snapshots...>', 'snapshots')
    .action(act(rm))

/** One that stays keeps none of the others: each failure is said, and the first gives the code. */
async function rm({ context, control: open, operands: ids, options, print }: Call) {
  const control = await open()
  const removed: string[] = []
  const codes: number[] = []
  for (const id of ids) {
    try {
      await control.removeSnapshot(id)
      removed.push(id)
    } catch (error) {
      codes.push(fail(context, error, { json: options.json ?? false }))
    }
  }
  if (removed.length > 0) print({ removed }, removed.map((id) => `${id} removed.\n`).join(''))
  return codes[0] ?? exit.ok
}
