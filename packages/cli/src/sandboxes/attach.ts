import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ProcessHandle } from '@stuntdouble/sdk'
import type { Context, Output } from '../context.ts'
import { printableChunks } from '../output/printable.ts'
import { terminalSize } from './terminal.ts'

/**
 * Joins our streams to a process inside, until it has ended and all it wrote is out. Resolves with its
 * exit code. Raw: every key is the process’s. Else Ctrl-C interrupts it, and a second one kills it.
 */
export async function attach(
  context: Context,
  process: ProcessHandle,
  { raw }: { readonly raw: boolean },
): Promise<number> {
  using stack = new DisposableStack()
  if (raw) stack.defer(takeOverKeys(context, process))
  else stack.defer(passInterrupts(context, process))
  stack.defer(feed(context, process))

  const outputs = [
    show(process.stdout, context.stdout, raw),
    show(process.stderr, context.stderr, raw),
  ]
  const { exitCode } = await process.wait()
  await Promise.all(outputs)
  return exitCode
}

/** A terminal obeys what is written to it. To whoever asked for one inside that is what they want. */
function show(output: Readable, to: Output, raw: boolean): Promise<void> {
  if (raw || !to.isTTY) return pipeline(output, to, { end: false })
  return pipeline(output, printableChunks, to, { end: false })
}

function feed({ stdin }: Context, process: ProcessHandle): () => void {
  // It may end before it has read everything; that is its right.
  process.stdin.on('error', () => {})
  stdin.pipe(process.stdin)
  return () => {
    stdin.unpipe(process.stdin)
    stdin.pause()
  }
}

function passInterrupts(context: Context, process: ProcessHandle): () => void {
  let times = 0
  return context.onInterrupt(() => {
    times += 1
    process.kill(times === 1 ? 'SIGINT' : 'SIGKILL')
  })
}

function takeOverKeys(context: Context, process: ProcessHandle): () => void {
  const { stdin, stdout } = context
  const resize = () => {
    const { cols, rows } = terminalSize(context)
    process.resize(cols, rows)
  }
  stdin.setRawMode?.(true)
  stdout.on('resize', resize)
  return () => {
    stdout.off('resize', resize)
    stdin.setRawMode?.(false)
  }
}
