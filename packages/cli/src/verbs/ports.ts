import { Sandbox } from '@stuntdouble/sdk'
import type { AddVerb, Call } from '../call.ts'
import { table } from '../output/table.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'
import { openLink } from '../sandboxes/open-link.ts'

interface Options {
  readonly open?: boolean
}

export const addPorts: AddVerb = (parent, act) =>
  parent
    .command('ports')
    .description('list what listens inside, with a link to each that opens nothing else')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .option('--open', 'show each in your browser')
    .action(act(ports))

async function ports({ control: open, operands: [id = ''], options, print }: Call<Options>) {
  const control = await open()
  // Not borrowed: links are good for as long as what they were made of.
  const box = Sandbox.of(await control.handover(await findSandbox(control, id)), control)
  const listening = await box.ports()
  const none =
    'Nothing listens inside. Start a server with `sandbox exec`, on 127.0.0.1 or 0.0.0.0.\n'
  const rows = listening.map(({ port, link }) => [`${port}`, link])
  print({ id: box.id, ports: listening }, rows.length === 0 ? none : table(['PORT', 'LINK'], rows))
  if (options.open) for (const { link } of listening) await openLink(link)
}
