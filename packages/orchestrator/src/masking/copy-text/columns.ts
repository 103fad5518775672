import { SandboxError } from '@stuntdouble/sdk/errors'
import { elementType } from '../column-kind.ts'
import { closureOf, type Member } from '../policy/closure.ts'
import { isMasked, strategyFor, tableKey } from '../policy/names.ts'
import { keysFrom } from '../prf/keys.ts'
import type { ColumnShape, Policy, TableShape } from '../shapes.ts'
import { type Mask, type Room, sliceOf, textOf } from '../strategies/mask.ts'
import { makeMask } from '../strategies/strategies.ts'
import { type Delimiter, rewriteArray } from './array-literal.ts'
import { ByteSink } from './byte-sink.ts'

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
export type Treatment = 'keep' | 'null' | Mask

export function treatmentsOf(request: MaskerRequest): readonly Treatment[] {
  const closure = closureOf(request.shapes)
  const keys = keysFrom(request.key)
  return request.columns.map((name) => {
    const column = request.shape.columns.find((each) => each.name === name)
    const strategy = strategyFor(request.policy, request.shape, name)
    if (!column || !strategy) throw unansweredColumn(request.shape, name)
    if (!isMasked(strategy)) return 'keep'
    if (strategy.name === 'null') return 'null'
    const members = closure.classOf(request.shape, name)
    const context = { keys, room: roomOf(members), baseType: elementType(column) }
    const mask = makeMask(strategy, context)
    return onColumn(column, members.some(isCaseless) ? caseless(mask) : mask)
  })
}

/** One for all columns that foreign keys join: the narrowest, and unique if any of them is. */
function roomOf(members: readonly Member[]): Room {
  const lengths = members.map(({ shape }) => shape?.maxLength ?? Number.MAX_SAFE_INTEGER)
  return {
    maxLength: Math.min(Number.MAX_SAFE_INTEGER, ...lengths),
    unique: members.some((member) => member.unique),
  }
}

function onColumn(column: ColumnShape, mask: Mask): Mask {
  if (column.baseType.endsWith('[]'))
    return elementWise(mask, column.baseType.startsWith('box') ? ';' : ',')
  return isPadded(column) ? padded(mask, column.maxLength ?? 1) : mask
}

const isCaseless = ({ shape }: Member) => shape?.baseType === 'citext'
const isPadded = ({ baseType }: ColumnShape) => ['character', 'bpchar', 'char'].includes(baseType)

/** Values that citext holds for equal must stay equal. */
function caseless(mask: Mask): Mask {
  return (value, out) => mask(sliceOf(textOf(value).toLowerCase()), out)
}

/** What is no array literal is masked as a whole: better refused by the server than let through. */
function elementWise(mask: Mask, delimiter: Delimiter): Mask {
  const scratch = new ByteSink()
  const element = (text: string) => {
    if (text === '') return text
    mask(sliceOf(text), scratch)
    return scratch.take().toString('utf8')
  }
  return (value, out) => {
    const rewritten = rewriteArray(textOf(value), { delimiter, element })
    if (rewritten === undefined) mask(value, out)
    else out.utf8(rewritten)
  }
}

/** char(n): the blanks behind a value are not part of it. */
function padded(mask: Mask, length: number): Mask {
  return (value, out) => {
    let end = value.end
    while (end > value.start && value.bytes[end - 1] === 0x20) end--
    const start = out.length
    if (end > value.start) mask({ ...value, end }, out)
    const characters = textOf({ bytes: out.bytes, start, end: out.length }).length
    for (let count = characters; count < length; count++) out.push(0x20)
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
