import { InvalidArgumentError } from 'commander'
import { duration } from '../arguments/duration.ts'
import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { plural } from '../output/amounts.ts'
import { openStatus } from '../output/status.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

interface Options {
  readonly from?: string
  readonly ttl?: string
}

export const addFork: AddVerb = (parent, act) =>
  parent
    .command('fork')
    .description('make sandboxes that begin as this one is now: all of them, or none')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .argument('[count]', 'how many; 1 by default, 16 at most', count)
    .option('--from <checkpoint>', 'begin as a checkpoint of it instead')
    .option('--ttl <duration>', 'the hard end of each, counted from now', duration)
    .action(act(fork))

async function fork({ context, control: open, operands, options, print }: Call<Options>) {
  const [text = '', copies = '1'] = operands
  const control = await open()
  const id = await findSandbox(control, text)
  const request = {
    count: Number(copies),
    ...(options.from && { from: options.from }),
    ...(options.ttl && { ttl: options.ttl }),
  }
  using status = openStatus(context)
  status.show({ phase: 'fork', message: `Making ${plural(request.count, 'fork')}` })
  const sandboxes = await interruptible(context, (signal) => control.fork(id, request, { signal }))
  print({ sandboxes }, sandboxes.map((each) => `${each.id}  ${each.url}\n`).join(''))
}

function count(text: string): string {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 16) return text
  throw new InvalidArgumentError('Write a number from 1 to 16.')
}
