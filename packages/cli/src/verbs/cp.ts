import { SandboxError } from '@stuntdouble/sdk/errors'
import { type CopyLocation, copyLocation } from '../arguments/copy-location.ts'
import type { AddVerb, Call } from '../call.ts'
import { type Copied, copyIn, copyOut } from '../copy/copy.ts'
import { humanBytes, plural } from '../output/amounts.ts'
import { printableName } from '../output/printable.ts'
import { borrowSandbox } from '../sandboxes/borrow-sandbox.ts'

export const addCp: AddVerb = (parent, act) =>
  parent
    .command('cp')
    .description(
      'copy a file or a directory into a sandbox (FILE ID:PATH) or out of it (ID:PATH FILE)',
    )
    .argument('<from>', 'a path here, or ID:PATH')
    .argument('<to>', 'a path here, or ID:PATH')
    .action(act(cp))

async function cp(call: Call) {
  const [from = '', to = ''] = call.operands
  const copied = await copy(call, copyLocation(from), copyLocation(to))
  for (const { path, why } of copied.skipped) {
    call.context.stderr.write(`Left out ${printableName(path)}: ${why}.\n`)
  }
  const { files, bytes } = copied
  call.print(copied, `${plural(files, 'file')} copied, ${humanBytes(bytes)}.\n`)
}

async function copy(call: Call, from: CopyLocation, to: CopyLocation): Promise<Copied> {
  const { cwd } = call.context
  if (from.at === 'here' && to.at === 'sandbox') {
    await using borrowed = await borrowSandbox(await call.control(), to.id)
    return await copyIn({ files: borrowed.box.files, cwd, from: from.path, to: to.path })
  }
  if (from.at === 'sandbox' && to.at === 'here') {
    await using borrowed = await borrowSandbox(await call.control(), from.id)
    return await copyOut({ files: borrowed.box.files, cwd, from: from.path, to: to.path })
  }
  throw notOneSandbox()
}

const notOneSandbox = () =>
  new SandboxError('usage', 'One side must be in a sandbox, and the other here.', {
    hint: 'Write `sandbox cp notes.txt ID:/workspace/` or `sandbox cp ID:/workspace/out .`.',
  })
