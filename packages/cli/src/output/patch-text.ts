import type { Context } from '../context.ts'
import { paint } from './paint.ts'
import { printableChunks } from './printable.ts'

/** A patch for a person’s eyes, line by line. */
export async function* colouredPatch(
  context: Context,
  patch: AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  const { red, green, bold, dim } = paint(context, context.stdout)
  const styles: readonly (readonly [RegExp, (text: string) => string])[] = [
    [/^(?:diff |index |--- |\+\+\+ |new |deleted |old )/, bold],
    [/^@@/, dim],
    [/^\+/, green],
    [/^-/, red],
  ]
  const coloured = (line: string) => styles.find(([start]) => start.test(line))?.[1](line) ?? line

  let held = ''
  for await (const text of printableChunks(patch)) {
    const lines = (held + text).split('\n')
    held = lines.pop() ?? ''
    if (lines.length > 0) yield `${lines.map(coloured).join('\n')}\n`
  }
  if (held) yield coloured(held)
}
