import { pipeline } from 'node:stream/promises'
import type { WorkspaceChanges } from '@stuntdouble/sdk/wire'
import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { asideNotes, statText } from '../output/changes-text.ts'
import { isTerminal } from '../output/paint.ts'
import { colouredPatch } from '../output/patch-text.ts'
import { printableName } from '../output/printable.ts'
import { openStatus } from '../output/status.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

interface Options {
  readonly stat?: boolean
  readonly nameOnly?: boolean
}

export const addDiff: AddVerb = (parent, act) =>
  parent
    .command('diff')
    .description('what was changed in a sandbox’s workspace since it went in, as a patch')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .option('--stat', 'how much of each file instead')
    .option('--name-only', 'only the files’ names')
    .addHelpText('after', '\n`sandbox pull ID` gives the same as a branch.\n')
    .action(act(diff))

async function diff(call: Call<Options>) {
  const control = await call.control()
  const id = await findSandbox(control, call.operands[0] ?? '')
  await interruptible(call.context, async (signal) => {
    const { stat, nameOnly, json } = call.options
    if (!(stat || nameOnly || json)) return await printPatch(call, await patchOf(signal))
    const changes = await waiting(call, () => control.changes(id, { signal }))
    call.print(changes, nameOnly ? namesOf(changes) : statText(changes))
    if (!json) call.context.stderr.write(asideNotes(changes))
  })

  function patchOf(signal: AbortSignal) {
    return waiting(call, () => control.patch(id, { signal }))
  }
}

async function waiting<Result>(
  { context }: Call<Options>,
  work: () => Promise<Result>,
): Promise<Result> {
  using status = openStatus(context)
  status.show({ phase: 'diff', message: 'Comparing with what went in' })
  return await work()
}

/** To a program byte by byte, for it may be applied; to a person nothing that a terminal would obey. */
async function printPatch({ context }: Call<Options>, patch: ReadableStream<Uint8Array>) {
  const { stdout } = context
  const shown = isTerminal(context, stdout) ? colouredPatch(context, patch) : patch
  await pipeline(shown as AsyncIterable<Uint8Array | string>, stdout, { end: false })
}

const namesOf = ({ files }: WorkspaceChanges) =>
  files.map(({ path }) => `${printableName(path)}\n`).join('')
