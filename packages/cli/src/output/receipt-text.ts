import type { Receipt } from '@stuntdouble/sdk/wire'
import type { Context } from '../context.ts'
import { plural } from './amounts.ts'
import { paint } from './paint.ts'
import { printable } from './printable.ts'

/** What was looked for, and what was found though nothing should be. */
export function receiptText(context: Context, receipt: Receipt): string {
  const { id, clean, inventory, doubts, blindSpots = [] } = receipt
  const { green, red } = paint(context, context.stdout)
  const unseen = blindSpots.map(({ reason }) => `  not looked for: ${printable(reason)}\n`).join('')
  if (clean)
    return `${id} ended, ${green('clean')}: ${plural(inventory.length, 'thing')} looked for, none left.\n${unseen}`
  const left = inventory
    .filter(({ after }) => after !== 'absent')
    .map(({ kind, name, after }) => `${kind} ${name}: ${after}`)
  const lines = [...left, ...doubts].map((line) => `  ${printable(line)}\n`).join('')
  return `${id} ended, ${red('NOT CLEAN')}:\n${lines}${unseen}`
}
