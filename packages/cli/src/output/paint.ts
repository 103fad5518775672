import { styleText } from 'node:util'
import type { Context, Output } from '../context.ts'

type Style = 'red' | 'green' | 'yellow' | 'bold' | 'dim'
type Paint = Readonly<Record<Style, (text: string) => string>>

/** Whether a stream is a terminal that understands control sequences. */
export const isTerminal = ({ env }: Context, stream: Output) =>
  stream.isTTY === true && env.TERM !== 'dumb'

/** Colour for people only: not into pipes, and not where NO_COLOR is set (no-color.org). */
export function paint(context: Context, stream: Output): Paint {
  const coloured = isTerminal(context, stream) && !context.env.NO_COLOR
  const as = (style: Style) => (text: string) =>
    coloured ? styleText(style, text, { validateStream: false }) : text
  return {
    red: as('red'),
    green: as('green'),
    yellow: as('yellow'),
    bold: as('bold'),
    dim: as('dim'),
  }
}
