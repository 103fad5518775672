import type { AddVerb, Call } from '../call.ts'
import { exit } from '../exit-codes.ts'
import { plural } from '../output/amounts.ts'
import { openStatus } from '../output/status.ts'

export const addPoolDrain: AddVerb = (parent, act) =>
  parent
    .command('drain')
    .description('end what is kept ready; it begins again with the next `sandbox up`')
    .action(act(drain))

/** Not clean is a failure, as with `down`. */
async function drain({ context, control, print }: Call) {
  const client = await control()
  using status = openStatus(context)
  status.show({ phase: 'drain', message: 'Ending what is kept ready' })
  const receipts = await client.drainPool()
  const dirty = receipts.filter(({ clean }) => !clean).map(({ id }) => `${id} is NOT CLEAN.\n`)
  const count = plural(receipts.length, 'sandbox').replace(/xs$/, 'xes')
  print({ receipts }, `${count} ended that nobody had.\n${dirty.join('')}`)
  return dirty.length === 0 ? exit.ok : exit.failure
}
