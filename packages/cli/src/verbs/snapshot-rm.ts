import type { AddVerb, Call } from '../call.ts'

export const addSnapshotRm: AddVerb = (parent, act) =>
  parent
    .command('rm')
    .description('remove snapshots that no sandbox uses')
    .argument('<ids...>', 'snapshots')
    .action(act(rm))

async function rm({ control: open, operands: ids, print }: Call) {
  const control = await open()
  for (const id of ids) await control.removeSnapshot(id)
  print({ removed: ids }, ids.map((id) => `${id} removed.\n`).join(''))
}
