import { ByteSink } from '../copy-text/byte-sink.ts'
import { isMasked } from '../policy/names.ts'
import { type Keys, keysFrom } from '../prf/keys.ts'
import type { Strategy } from '../shapes.ts'
import { columnMask } from '../strategies/column-mask.ts'
import type { Mask } from '../strategies/mask.ts'
import { type EntryPolicy, type KeyAnswer, ruleFor } from './entry-policy.ts'
import { fieldColumn, maskedColumn, textColumn } from './key-tables.ts'
import type { Piece } from './pattern.ts'
import type { StandIn } from './stand-in.ts'

/** A value of a key: a string, an element, a member with its score, or a field with its value. */
export interface KeyPart {
  readonly field?: Buffer
  readonly value: Buffer
  readonly score?: string
}

export interface KeyMaskerRequest {
  readonly policy: EntryPolicy<KeyAnswer>
  /** The installation’s master key. */
  readonly key: Uint8Array
  /** Told of every name and value that is masked, before it is gone. */
  readonly onMasked: (place: MaskedPlace, value: Uint8Array) => void
}

/** Where values come from: a pattern, and a column of it as `columnsOf` lists them. */
export interface MaskedPlace {
  readonly pattern: string
  readonly column: string
}

/** One answer for a name, found. */
export interface AnsweredKey {
  readonly pattern: string
  readonly dropped: boolean
  /** What is in the copy in place of what the entry holds. */
  readonly standIn: StandIn | null
  /** What it holds is masked as one value, and so must come in one part. */
  readonly isWhole: boolean
  /** The name in the copy. Different names stay different within a pattern. */
  readonly name: Buffer
  /** Null for a field that is dropped. Throws `UnansweredField` for one that nobody thought of. */
  part(part: KeyPart): KeyPart | null
}

/** Of a hash that is answered field by field. */
export class UnansweredField extends Error {}

/** Masks the names and values of a key-value store. The same key and input give the same output. */
export interface KeyMasker {
  /** Undefined where no pattern fits. */
  answer(name: Buffer): AnsweredKey | undefined
  /** Where a name or value of the copy belongs. */
  placeOf(name: Buffer, field?: Buffer): MaskedPlace | undefined
}

export function compileKeyMasker(request: KeyMaskerRequest): KeyMasker {
  const masks = createMasks(keysFrom(request.key))
  const { policy, onMasked } = request

  /** The name with its masked parts masked; each is told of before. */
  function renamed(pieces: readonly Piece[], tell: (piece: Piece, value: Buffer) => void): Buffer {
    const parts = pieces.map((piece) => {
      const value = Buffer.from(piece.text, 'latin1')
      const { strategy: name } = piece
      if (name === null || !isMasked({ name }) || value.length === 0) return value
      tell(piece, value)
      return masks({ name }, value)
    })
    return Buffer.concat(parts)
  }

  function masked(place: MaskedPlace, strategy: Strategy, value: Buffer): Buffer {
    if (!isMasked(strategy) || value.length === 0) return value
    onMasked(place, value)
    return masks(strategy, value)
  }

  function maskedField(pattern: string, answer: FieldsAnswer, part: KeyPart): KeyPart | null {
    const { field = Buffer.alloc(0), value } = part
    const found = ruleFor(answer.fields, field)
    if (found === undefined) throw new UnansweredField()
    if (found.rule.answer === 'drop') return null
    const name = renamed(found.pieces, ({ strategy }, text) =>
      onMasked({ pattern, column: `field ${maskedColumn(strategy)}` }, text),
    )
    const place = { pattern, column: fieldColumn(found.rule.pattern.text) }
    return { field: name, value: masked(place, found.rule.answer, value) }
  }

  function maskedPart(pattern: string, answer: KeyAnswer, part: KeyPart): KeyPart | null {
    if (answer.do === 'drop' || answer.do === 'instead') return null
    if (answer.do === 'fields') return maskedField(pattern, answer, part)
    const value = masked({ pattern, column: 'value' }, answer.strategy, part.value)
    // A field that one answer covers is told by it as well: nobody read its name.
    const field = part.field && masked({ pattern, column: 'value' }, answer.strategy, part.field)
    return { ...part, ...(field && { field }), value }
  }

  return {
    answer(name) {
      const found = ruleFor(policy, name)
      if (found === undefined) return undefined
      const { answer } = found.rule
      const pattern = found.rule.pattern.text
      return {
        pattern,
        dropped: answer.do === 'drop',
        standIn: answer.do === 'instead' ? answer.standIn : null,
        isWhole: answer.do === 'values' && isMasked(answer.strategy),
        name: renamed(found.pieces, ({ strategy }, text) =>
          onMasked({ pattern, column: maskedColumn(strategy) }, text),
        ),
        part: (part) => maskedPart(pattern, answer, part),
      }
    },
    placeOf(name, field) {
      const found = ruleFor(policy, name)
      if (found === undefined) return undefined
      const pattern = found.rule.pattern.text
      if (found.rule.answer.do !== 'fields') return { pattern, column: 'value' }
      const column = field && ruleFor(found.rule.answer.fields, field)?.rule.pattern.text
      return column === undefined ? undefined : { pattern, column: fieldColumn(column) }
    },
  }
}

type FieldsAnswer = Extract<KeyAnswer, { readonly do: 'fields' }>

/** Nothing bounds a name or a value here, and equal values must stay equal wherever they stand. */
const room = { maxLength: Number.MAX_SAFE_INTEGER, unique: true }

function createMasks(keys: Keys): (strategy: Strategy, value: Buffer) => Buffer {
  const masks = new Map<string, Mask>()
  const out = new ByteSink()
  return (strategy, bytes) => {
    const id = JSON.stringify(strategy)
    const mask =
      masks.get(id) ?? columnMask(strategy, { column: textColumn('', strategy), keys, room })
    masks.set(id, mask)
    mask({ bytes, start: 0, end: bytes.length }, out)
    return out.take()
  }
}
