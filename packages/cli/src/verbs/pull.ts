import { SandboxError } from '@stuntdouble/sdk/errors'
import type { AddVerb, Call } from '../call.ts'
import { interruptible } from '../context.ts'
import { type TakeOptions, take } from '../review/take.ts'
import { findSandbox } from '../sandboxes/find-sandbox.ts'

export const addPull: AddVerb = (parent, act) =>
  parent
    .command('pull')
    .description(
      'take what was changed in a sandbox’s workspace: as a branch, a patch, or into the files here',
    )
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .option('--branch <name>', 'the new branch; stuntdouble/ID by default')
    .option('--patch <file>', 'write a patch instead')
    .option('--apply', 'change the files here instead')
    .option(
      '--directory <directory>',
      'where the workspace came from; what sandbox.yaml names by default',
    )
    .addHelpText(
      'after',
      '\nNothing that came out of a sandbox is run, and no file here is touched without --apply.\n`git diff HEAD...stuntdouble/ID` shows the branch.\n',
    )
    .action(act(pull))

async function pull(call: Call<TakeOptions>) {
  if ([call.options.branch, call.options.patch, call.options.apply].filter(Boolean).length > 1) {
    throw oneWay()
  }
  const control = await call.control()
  const id = await findSandbox(control, call.operands[0] ?? '')
  await interruptible(call.context, (signal) => take(call, { control, id, signal }))
}

const oneWay = () =>
  new SandboxError('usage', 'Name one of --branch, --patch and --apply.', {
    hint: 'Without any of them a branch stuntdouble/ID is made.',
  })
