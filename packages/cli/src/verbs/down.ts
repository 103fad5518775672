import type { ControlClient } from '@stuntdouble/sdk/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Receipt } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { exit } from '../exit-codes.ts'
import { fail } from '../failure.ts'
import { plural } from '../output/amounts.ts'
import { confirm } from '../output/confirm.ts'
import { isTerminal } from '../output/paint.ts'
import { receiptText } from '../output/receipt-text.ts'
import { openStatus } from '../output/status.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

interface Options {
  readonly all?: boolean
  readonly yes?: boolean
  readonly force?: boolean
}

export const addDown: AddVerb = (parent, act) =>
  parent
    .command('down')
    .description('end sandboxes, and show for each that nothing is left')
    .argument('[ids...]', 'sandboxes, or the beginnings of their ids')
    .option(
      '-a, --all',
      'every sandbox that runs, and what is kept ready; on a terminal it asks first',
    )
    .option('-y, --yes', 'do not ask')
    .option('-f, --force', 'without the last command of their blueprints')
    .action(act(down))

/**
 * One sandbox named gives its receipt; several, or all, a list of them. One that cannot be ended keeps
 * none of the others; the first failure gives the code. Not clean is a failure.
 */
async function down(call: Call<Options>) {
  const { context, operands, options, print } = call
  if ((operands.length === 0) !== (options.all ?? false)) throw idsOrAll()
  const control = await call.control()
  const named = await idsOf(control, call)
  if (options.all && !(await agreed(call, named.found))) return exit.ok
  const ended = await end(control, call, named.found)
  const receipts = [
    ...ended.flatMap(({ receipt }) => receipt ?? []),
    ...(options.all ? await control.drainPool() : []),
  ]
  const failures = [...named.failures, ...ended.flatMap(({ failure }) => failure ?? [])]
  const codes = failures.map((error) => fail(context, error, { json: options.json ?? false }))
  const isList = options.all || operands.length > 1
  if (isList || receipts.length > 0) {
    const text = receipts.map((receipt) => receiptText(call.context, receipt)).join('')
    print(
      isList ? { receipts } : receipts[0],
      text || (named.found.length === 0 ? 'No sandbox runs.\n' : ''),
    )
  }
  return codes[0] ?? (receipts.every(({ clean }) => clean) ? exit.ok : exit.failure)
}

/** Each once, however often it is named. */
async function idsOf(control: ControlClient, { operands, options }: Call<Options>) {
  if (options.all) {
    return { found: (await control.listSandboxes()).map(({ id }) => id), failures: [] }
  }
  const looked = await Promise.allSettled(operands.map((text) => findSandbox(control, text)))
  return {
    found: [...new Set(looked.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])))],
    failures: looked.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : [])),
  }
}

/** Asked where somebody can answer: a script has said what it wants. */
async function agreed({ context, options }: Call<Options>, ids: readonly string[]) {
  const isAsked = context.stdin.isTTY && isTerminal(context, context.stderr)
  if (options.yes || !isAsked || ids.length === 0) return true
  const agrees = await confirm(context, `End ${sandboxes(ids.length)} (${ids.join(', ')})?`)
  if (!agrees) context.stderr.write('Nothing was ended.\n')
  return agrees
}

interface Ended {
  readonly receipt?: Receipt
  readonly failure?: unknown
}

async function end(
  control: ControlClient,
  { context, options }: Call<Options>,
  ids: readonly string[],
): Promise<readonly Ended[]> {
  using status = openStatus(context)
  if (ids.length > 0) status.show({ phase: 'down', message: `Ending ${sandboxes(ids.length)}` })
  const { force = false } = options
  return await Promise.all(
    ids.map((id) =>
      control.destroySandbox(id, { force }).then(
        (receipt) => ({ receipt }),
        (failure: unknown) => ({ failure }),
      ),
    ),
  )
}

const sandboxes = (count: number) => plural(count, 'sandbox').replace(/xs$/, 'xes')

const idsOrAll = () =>
  new SandboxError('usage', 'Name sandboxes, or --all, and not both.', {
    hint: '`sandbox ls` lists those that run.',
  })
