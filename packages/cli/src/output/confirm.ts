import { createInterface } from 'node:readline/promises'
import type { Context } from '../context.ts'

/** Asks on standard error; anything but a clear yes is a no, and so is the end of the input. */
export async function confirm(context: Context, question: string): Promise<boolean> {
  const lines = createInterface({ input: context.stdin, output: context.stderr, terminal: false })
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `), closed])
    return /^\s*y(es)?\s*$/i.test(answer)
  } finally {
    lines.close()
  }
}
