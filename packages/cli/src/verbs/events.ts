import type { ControlClient } from '@stuntdouble/sdk/client'
import { EventType, type SandboxEvent } from '@stuntdouble/sdk/wire'
import { InvalidArgumentError } from 'commander'
import type { AddVerb, Call } from '../call.ts'
import { type Context, Interrupted, interruptible } from '../context.ts'
import { exit } from '../exit-codes.ts'
import { printable, printableJson } from '../output/printable.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

interface Options {
  readonly follow?: boolean
  readonly after?: number
  readonly type?: readonly EventType[]
}

type Wanted = NonNullable<Parameters<ControlClient['watch']>[0]>

export const addEvents: AddVerb = (parent, act) =>
  parent
    .command('events')
    .description(
      'what happened to sandboxes and snapshots, oldest first; with --json an object a line',
    )
    .argument('[id]', 'only to this one, or the beginning of its id')
    .option('-f, --follow', 'go on with what happens; of one sandbox, until it has ended')
    .option('--after <number>', 'only what follows this event', number)
    .option('--type <types>', 'only these, apart by commas', types)
    .action(act(events))

async function events(call: Call<Options>) {
  const { context, operands, options } = call
  const control = await call.control()
  const [text] = operands
  const sandbox = text === undefined ? undefined : await findSandbox(control, text)
  const wanted = { sandbox, types: options.type, after: options.after ?? 0 }
  const print = (event: SandboxEvent) =>
    void context.stdout.write(options.json ? `${printableJson(event)}\n` : line(event))
  const told = options.follow ? follow : stored
  return await untilInterrupted(context, async (signal) => {
    for await (const event of told(control, { ...wanted, signal })) print(event)
  })
}

/** To stop listening is how following ends, and leaves nothing to say. */
async function untilInterrupted(context: Context, work: (signal: AbortSignal) => Promise<void>) {
  try {
    await interruptible(context, work)
    return exit.ok
  } catch (error) {
    if (error instanceof Interrupted) return exit.interrupted
    throw error
  }
}

async function* stored(control: ControlClient, wanted: Wanted) {
  let { after } = wanted
  for (;;) {
    const page = await control.eventPage({ ...wanted, after })
    yield* page.events
    if (!page.more) return
    after = page.next
  }
}

async function* follow(control: ControlClient, wanted: Wanted) {
  const { sandbox, types } = wanted
  const heard = types && [...types, 'ended' as const]
  for await (const event of control.watch({ ...wanted, ...(heard && { types: heard }) })) {
    if (!types || types.some((type) => type === event.type)) yield event
    if (sandbox === event.sandbox && event.type === 'ended') return
  }
}

function line({ seq, at, sandbox, type, data }: SandboxEvent): string {
  const details = Object.keys(data).length === 0 ? '' : ` ${printableJson(data)}`
  return `${seq} ${at} ${sandbox} ${printable(type)}${details}\n`
}

function number(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Write the number of an event, which stands first in its line.')
}

function types(text: string): readonly EventType[] {
  const parsed = EventType.array().safeParse(text.split(','))
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError(
    `Write types apart by commas, of: ${EventType.options.join(', ')}.`,
  )
}
