import { duration } from '../arguments/duration.ts'
import type { AddVerb, Call } from '../call.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

interface Options {
  readonly ttl?: string
}

export const addUrl: AddVerb = (parent, act) =>
  parent
    .command('url')
    .description('print a fresh hand-over URL; whoever holds it may use the sandbox')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .option('--ttl <duration>', 'until when it is good; the sandbox’s end by default', duration)
    .action(act(url))

async function url({ control: open, operands: [id = ''], options, print }: Call<Options>) {
  const control = await open()
  const handover = await control.handover(await findSandbox(control, id), { ttl: options.ttl })
  print(handover, `${handover.url}\n`)
}
