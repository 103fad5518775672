import { SandboxError } from '@stuntdouble/sdk/errors'
import { type Closure, closureOf, collationsOf, lengthOf, type Member } from '../policy/closure.ts'
import { withLikenessKeys } from '../policy/likeness.ts'
import { isMasked, strategyFor, tableKey } from '../policy/names.ts'
import { type Keys, keysFrom } from '../prf/keys.ts'
import type { Slice } from '../prf/siphash.ts'
import type { Policy, TableShape } from '../shapes.ts'
import { columnMask } from '../strategies/column-mask.ts'
import { foldingOf } from '../strategies/folding.ts'
import { type BesideMask, latin1Of, type Mask, type Room } from '../strategies/mask.ts'
import { proseMask } from '../strategies/prose.ts'
import { shifted, shiftOf } from '../strategies/shift.ts'

export interface MaskerRequest {
  readonly shape: TableShape
  /** As they stand in the stream. */
  readonly columns: readonly string[]
  readonly policy: Policy
  /** Every table of the source: what foreign keys join shares its mapping. */
  readonly shapes: readonly TableShape[]
  /** The installation’s master key, at least 16 bytes of chance. */
  readonly key: Uint8Array
  /**
   * Told of every value that is masked, decoded, before it is gone: for the leak check. The bytes
   * are lent for the call alone.
   */
  readonly onMasked?: (column: string, value: Uint8Array) => void
}

/** What happens to a field: nothing, NULL in its place, or a mask over its decoded value. */
export type Treatment = 'keep' | 'null' | Mask | Beside

/** A mask that looks at other fields of the row, those at these places in the stream. */
export interface Beside {
  readonly places: readonly number[]
  /** Room for as many fields, filled anew for every row. */
  readonly fields: readonly Slice[]
  readonly mask: BesideMask
}

export function treatmentsOf(request: MaskerRequest): readonly Treatment[] {
  const closure = closureOf(linked(request))
  const keys = keysFrom(request.key)
  const names = namesIn(request, closure)
  return request.columns.map((name) => {
    const column = request.shape.columns.find((each) => each.name === name)
    const strategy = strategyFor(request.policy, request.shape, name)
    if (!column || !strategy) throw unansweredColumn(request.shape, name)
    if (!isMasked(strategy)) return 'keep'
    if (strategy.name === 'null') return 'null'
    if (strategy.shiftBy !== undefined) return shiftedBy(request, strategy.shiftBy, keys)
    const members = closure.classOf(request.shape, name)
    const room = roomOf(members)
    if (strategy.name !== 'text' || names.length === 0 || !isProse(members, room))
      return columnMask(strategy, { column, keys, room })
    const mask = proseMask({ keys, room, baseType: column.baseType }, names)
    return beside(
      names.map(({ place }) => place),
      mask,
    )
  })
}

function shiftedBy({ columns, shape }: MaskerRequest, key: string, keys: Keys): Beside {
  const place = columns.indexOf(key)
  if (place < 0) throw unansweredColumn(shape, key)
  const prf = keys('date shift')
  return beside([place], (value, [by], out) =>
    out.latin1(shifted(latin1Of(value), shiftOf(prf, by as Slice))),
  )
}

function beside(places: readonly number[], mask: BesideMask): Beside {
  const fields = places.map(() => ({ bytes: new Uint8Array(), start: 0, end: 0 }))
  return { places, fields, mask }
}

/** What is compared with other values must not depend on the row it stands in. */
function isProse(members: readonly Member[], { unique, caseless, folding }: Room): boolean {
  const type = members[0]?.shape?.baseType
  const plain = type === 'text' || type === 'character varying'
  const compared = unique || caseless === true || folding?.changes === true
  return plain && members.length === 1 && !compared
}

/** Columns of the table whose values are names of people, with their places in the stream. */
function namesIn({ shape, policy, columns }: MaskerRequest, closure: Closure) {
  return columns.flatMap((column, place) => {
    const kind = strategyFor(policy, shape, column)?.name
    if (kind !== 'first_name' && kind !== 'last_name' && kind !== 'full_name') return []
    return [{ place, kind, room: roomOf(closure.classOf(shape, column)) }]
  })
}

/** Every table of a source asks anew, with the same lists. */
const links = new WeakMap<readonly TableShape[], WeakMap<Policy, readonly TableShape[]>>()

function linked({ shapes, policy }: MaskerRequest): readonly TableShape[] {
  const known = links.get(shapes) ?? new WeakMap<Policy, readonly TableShape[]>()
  links.set(shapes, known)
  const tables = known.get(policy) ?? withLikenessKeys(shapes, policy)
  known.set(policy, tables)
  return tables
}

/** One for all columns that foreign keys join: the narrowest, and unique if any of them is. */
function roomOf(members: readonly Member[]): Room {
  return {
    maxLength: Math.min(Number.MAX_SAFE_INTEGER, lengthOf(members)),
    unique: members.some((member) => member.unique),
    caseless: members.some((member) => member.caseless),
    folding: foldingOf(collationsOf(members)),
  }
}

function unansweredColumn(table: TableShape, column: string): SandboxError {
  return new SandboxError(
    'policy_unanswered',
    `Nobody answered for ${tableKey(table)}.${column}.`,
    {
      hint: 'Run `sandbox data review --update`, read what it proposes, and build again.',
      details: { columns: [`${tableKey(table)}.${column}`] },
    },
  )
}
