import { once } from 'node:events'
import type { ProcessPiece, Sandbox } from '@stuntdouble/sdk'
import type { AddVerb, Call } from '../call.ts'
import { type Context, interruptible, type Output } from '../context.ts'
import { printable } from '../output/printable.ts'
import { borrowSandbox } from '../sandboxes/borrow-sandbox.ts'

interface Options {
  readonly follow?: boolean
}

export const addLogs: AddVerb = (parent, act) =>
  parent
    .command('logs')
    .description('print what a process in the background has said, as far as it is kept')
    .argument('<id>', 'a sandbox, or the beginning of its id')
    .argument('<process>', 'as `sandbox ps ID` names it')
    .option('-f, --follow', 'go on until it has ended; its exit code becomes ours')
    .action(act(logs))

async function logs(call: Call<Options>) {
  const [id = '', process = ''] = call.operands
  await using borrowed = await borrowSandbox(await call.control(), id)
  if (call.options.json) return await page(call, borrowed.box, process)
  const { follow = false } = call.options
  return await interruptible(call.context, async (signal) => {
    const { commands } = borrowed.box
    const shown = { stdout: new TextDecoder(), stderr: new TextDecoder() }
    for await (const piece of commands.output(process, { follow, signal })) {
      if (piece.type === 'exit') return piece.exitCode
      await show(call.context, piece, shown)
    }
  })
}

async function page({ print }: Call<Options>, { commands }: Sandbox, process: string) {
  print(await commands.read(process), '')
}

type Decoders = Record<'stdout' | 'stderr', InstanceType<typeof TextDecoder>>

async function show(
  { stdout, stderr }: Context,
  piece: Exclude<ProcessPiece, { type: 'exit' }>,
  decoders: Decoders,
): Promise<void> {
  if (piece.type === 'dropped') {
    await write(stderr, `(${piece.bytes} bytes of ${piece.stream} are no longer kept)\n`)
    return
  }
  const to = piece.type === 'stdout' ? stdout : stderr
  if (!to.isTTY) return await write(to, piece.bytes)
  await write(to, printable(decoders[piece.type].decode(piece.bytes, { stream: true })))
}

async function write(to: Output, content: string | Uint8Array): Promise<void> {
  if (!to.write(content)) await once(to, 'drain')
}
