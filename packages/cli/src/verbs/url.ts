import { Sandbox } from '@stuntdouble/sdk'
import { duration } from '../arguments/duration.ts'
import { port } from '../arguments/port.ts'
import type { AddVerb, Call } from '../call.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

interface Options {
  readonly ttl?: string
  readonly port?: number
}

export const addUrl: AddVerb = (parent, act) =>
  parent
    .command('url')
    .description('print a fresh hand-over URL; whoever holds it may use the sandbox')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .option('--port <port>', 'a link to a server inside, which opens nothing else', port)
    .option('--ttl <duration>', 'until when it is good; the sandbox’s end by default', duration)
    .action(act(url))

async function url({ control: open, operands: [id = ''], options, print }: Call<Options>) {
  const control = await open()
  const handover = await control.handover(await findSandbox(control, id), { ttl: options.ttl })
  if (options.port === undefined) {
    print(handover, `${handover.url}\n`)
    return
  }
  const link = await Sandbox.of(handover, control).getUrl(options.port)
  print({ id: handover.id, port: options.port, link }, `${link}\n`)
}
