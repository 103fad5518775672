import { type Delimiter, rewriteArray } from '../copy-text/array-literal.ts'
import { ByteSink } from '../copy-text/byte-sink.ts'
import type { Keys } from '../prf/keys.ts'
import type { ColumnShape, Strategy } from '../shapes.ts'
import { collated } from './collated.ts'
import { dateMask } from './date.ts'
import { latin1Of, type Mask, type Room, sliceOf, textOf } from './mask.ts'
import { recordMask } from './record.ts'
import { secretMask } from './secret.ts'
import { dateRangeMask } from './shift.ts'
import { makeMask } from './strategies.ts'

export interface ColumnMasking {
  readonly column: ColumnShape
  readonly keys: Keys
  readonly room: Room
}

/** The mask of a column’s values: of a whole array, of each field of a composite, of a padded char. */
export function columnMask(strategy: Strategy, masking: ColumnMasking): Mask {
  const { column } = masking
  if (column.category !== 'array' && !column.baseType.endsWith('[]'))
    return scalarMask(strategy, masking)
  const element = column.element ?? {
    ...column,
    baseType: column.baseType.replace(/(?:\[\])+$/, ''),
  }
  const mask = scalarMask(strategy, { ...masking, column: element })
  return elementWise(mask, element.baseType === 'box' ? ';' : ',')
}

function scalarMask(strategy: Strategy, { column, keys, room }: ColumnMasking): Mask {
  const mask = bareMask(strategy, { column, keys, room })
  const compared = inItsCollation(mask, strategy, room)
  const folded = room.caseless === true ? caseless(compared) : compared
  return isPadded(column) ? padded(folded, column.maxLength ?? 1) : folded
}

function bareMask(strategy: Strategy, { column, keys, room }: ColumnMasking): Mask {
  const context = { keys, room, baseType: column.baseType }
  if (strategy.name === 'json' && column.fields)
    return recordMask(column.fields, strategy.paths ?? {}, {
      other: secretMask(context),
      maskOf: (field, answer) =>
        columnMask(answer, { column: field, keys, room: roomOf(field, room.unique) }),
    })
  if (strategy.name === 'date')
    return (column.category === 'range' ? dateRangeMask : dateMask)(context)
  return makeMask(strategy, context)
}

function roomOf(field: ColumnShape, unique: boolean): Room {
  const { maxLength, baseType } = field.category === 'array' ? (field.element ?? field) : field
  return {
    maxLength: maxLength ?? Number.MAX_SAFE_INTEGER,
    unique,
    caseless: baseType === 'citext',
  }
}

const isPadded = ({ baseType }: ColumnShape) => ['character', 'bpchar', 'char'].includes(baseType)

/** A document is read by its own rules, and never compared for a key. */
function inItsCollation(mask: Mask, { name }: Strategy, { folding }: Room): Mask {
  return folding?.changes === true && name !== 'json' ? collated(mask, folding) : mask
}

/** Values that are compared without regard to case must stay equal, and the others must not become so. */
function caseless(mask: Mask): Mask {
  return (value, out) => mask(sliceOf(textOf(value).toLowerCase()), out)
}

/** What is no array literal is masked as a whole: better refused by the server than let through. */
function elementWise(mask: Mask, delimiter: Delimiter): Mask {
  const scratch = new ByteSink()
  const element = (text: string) => {
    if (text === '') return text
    const bytes = Buffer.from(text, 'latin1')
    mask({ bytes, start: 0, end: bytes.length }, scratch)
    return scratch.take().toString('latin1')
  }
  return (value, out) => {
    const rewritten = rewriteArray(latin1Of(value), { delimiter, element })
    if (rewritten === undefined) mask(value, out)
    else out.latin1(rewritten)
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
