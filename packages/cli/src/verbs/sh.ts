import type { AddVerb, Call } from '../call.ts'
import { attach } from '../sandboxes/attach.ts'
import { borrowSandbox } from '../sandboxes/borrow-sandbox.ts'
import { terminalSize } from '../sandboxes/terminal.ts'

export const addSh: AddVerb = (parent, act) =>
  parent
    .command('sh')
    .description('open a login shell in a sandbox')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .action(act(sh))

/** With a terminal on our side there is one inside; lines piped in are run without. */
async function sh({ context, control, operands: [id = ''] }: Call) {
  await using borrowed = await borrowSandbox(await control(), id)
  const raw = context.stdin.isTTY === true
  const { TERM = 'xterm-256color' } = context.env
  const terminal = raw ? { tty: terminalSize(context), env: { TERM } } : {}
  await using process = await borrowed.box.commands.shell(terminal)
  return await attach(context, process, { raw })
}
