import type { Keys } from '../prf/keys.ts'
import type { Slice } from '../prf/siphash.ts'
import type { BesideMask, MaskContext, Room } from './mask.ts'
import { textOf } from './mask.ts'
import { textMask } from './text.ts'
import { Coiner } from './words.ts'

/** A column of names in the row that a text stands in. */
export interface NameBeside {
  readonly kind: 'first_name' | 'last_name' | 'full_name'
  readonly room: Room
}

/** Shorter words of a name, such as `de`, are everybody’s. */
const shortest = 3

/**
 * Prose beside names: the words of the row’s own names become what their columns make of them, so that
 * a note about a person still speaks of that person. All other words are masked as ever.
 */
export function proseMask(context: MaskContext, names: readonly NameBeside[]): BesideMask {
  const coiners = names.map(({ kind, room }) => coinersOf(kind, room, context.keys))
  const known = new Map<string, Coiner>()
  const mask = textMask(context, (word, out) => {
    const coiner = known.size > 0 ? known.get(textOf(word).toLowerCase()) : undefined
    coiner?.write(word, out)
    return coiner !== undefined
  })
  return (value, beside, out) => {
    known.clear()
    for (const [index, name] of beside.entries()) learn(name, coiners[index] as Pair, known)
    mask(value, out)
  }
}

interface Pair {
  readonly first: Coiner
  readonly rest: Coiner
}

function coinersOf(kind: NameBeside['kind'], room: Room, keys: Keys): Pair {
  const [first, rest] =
    kind === 'full_name' ? (['first_name', 'last_name'] as const) : ([kind, kind] as const)
  return { first: new Coiner(keys(first), room), rest: new Coiner(keys(rest), room) }
}

function learn(name: Slice, { first, rest }: Pair, known: Map<string, Coiner>): void {
  const words =
    textOf(name)
      .toLowerCase()
      .match(/[\p{L}\p{M}]+/gu) ?? []
  for (const [index, word] of words.entries())
    if (word.length >= shortest) known.set(word, index === 0 ? first : rest)
}
