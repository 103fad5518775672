import { elementType, kindOf } from '../column-kind.ts'
import { isCardNumber } from '../detect/checksums.ts'
import { guessByName, isIdentifierName } from '../detect/column-words.ts'
import { subjectOf } from '../detect/table-words.ts'
import type { StrategyName } from '../shapes.ts'
import { memberPath } from '../strategies/json-paths.ts'
import { rewriteRecord } from '../strategies/record-literal.ts'
import { isGeometric } from '../strategies/strategies.ts'
import { type Evidence, type Guess, sure, unsure } from './guess.ts'
import { guessJson } from './guess-json.ts'
import { guessString } from './guess-string.ts'

/** Types below `other` that hold no words and no places. */
const harmless =
  /^(?:interval|bit|bit varying|varbit|oid|xid8?|cid|tid|pg_lsn|reg\w+|int4range|int8range|numrange|tsrange|tstzrange|daterange|\w+multirange|txid_snapshot|pg_snapshot|boolean|year)$/

/** An answer for one column, by its type first: a type rules most strategies out. */
export function guessColumn(evidence: Evidence): Guess {
  switch (kindOf(evidence.column)) {
    case 'string':
      return isDocument(evidence) ? guessJson(evidence) : guessString(evidence)
    case 'number':
      return guessNumber(evidence)
    case 'datetime':
      return guessDate(evidence)
    case 'json':
      return guessJson(evidence)
    case 'binary':
      return sure('bytes', 'bytes may be a picture or a document', 0.8)
    case 'network':
      return guessNetwork(evidence)
    case 'uuid':
      return guessUuid(evidence)
    case 'boolean':
      return sure('keep', 'yes or no', 1)
    case 'enum':
      return sure('keep', 'one of the labels its type lists', 1)
    case 'composite':
      return guessRecord(evidence)
    case 'range':
      return guessRange(evidence)
    default:
      return guessOther(evidence)
  }
}

/** JSON in a column of characters. */
function isDocument({ values }: Evidence): boolean {
  const documents = values.filter((value) => /^\s*(?:\{\s*["}]|\[\s*["{[\d\]])/.test(value))
  return values.length > 0 && documents.length > values.length * 0.8
}

function guessNumber({ column, values }: Evidence): Guess {
  const named = guessByName(column.name)
  if (named && ['phone', 'secret', 'number', 'postcode'].includes(named) && !isCounter(column.name))
    return sure('number', 'its name says a number that belongs to a person', 0.8)
  const cards = values.filter(isCardNumber).length
  if (values.length > 0 && cards > values.length * 0.8)
    return unsure('number', 'values pass the check of card numbers', 0.7)
  return sure('keep', isIdentifierName(column.name) ? 'a surrogate key' : 'a plain number', 0.85)
}

/** `token_count`, `session_id`: a number about a thing, or of a row. */
function isCounter(name: string): boolean {
  return /(?:count|total|_id|Id|num|size|limit|attempts|seconds|minutes|version)s?$/.test(name)
}

function guessDate({ table, column }: Evidence): Guess {
  const named = guessByName(column.name)
  if (named === 'date') return sure('date', 'its name says a date of birth or the like')
  if (named === 'event' && subjectOf(table.name) === 'people')
    return unsure('date', 'a date in the life of a person', 0.7)
  return sure('keep', 'when something happened', 0.8)
}

function guessNetwork({ column }: Evidence): Guess {
  if (column.baseType.startsWith('macaddr'))
    return sure('secret', 'an address of a device; its form is kept', 0.9)
  return sure('ip', 'an address of a network', 0.95)
}

function guessUuid({ column }: Evidence): Guess {
  const named = guessByName(column.name)
  if (named === 'secret') return sure('uuid', 'its name says a secret', 0.9)
  return sure('keep', 'a surrogate key', 0.85)
}

function guessRange({ column }: Evidence): Guess {
  const range = column.category === 'array' ? column.element : column
  const bounds = range?.element?.category
  if (bounds === undefined && harmless.test(elementType(column)))
    return sure('keep', 'a type without words', 0.7)
  if (bounds === 'datetime') {
    if (guessByName(column.name) === 'date') return sure('date', 'its name says dates of a person')
    return sure('keep', 'when something happened', 0.7)
  }
  if (bounds === 'number') return sure('keep', 'a range of plain numbers', 0.7)
  return unanswerable(elementType(column))
}

/** Each field as a column of its own would be answered. */
function guessRecord({ table, column, values }: Evidence): Guess {
  const { fields = [] } = column.category === 'array' ? (column.element ?? column) : column
  const rows = values.map(fieldsOf).filter((row) => row !== undefined)
  const paths: Record<string, StrategyName> = {}
  for (const [index, field] of fields.entries()) {
    if (field.category === 'composite') continue
    const seen = rows.flatMap((row) => row[index] ?? []).filter((text) => text.trim() !== '')
    const answer = guessColumn({ table, column: { ...field, notNull: false }, values: seen })
    paths[memberPath('$', field.name)] = answer.strategy.name
  }
  const reason = `a composite; each of its ${fields.length} fields is answered`
  return { strategy: { name: 'json', paths }, reason, confidence: 0.6, unsure: values.length === 0 }
}

function fieldsOf(literal: string): readonly (string | undefined)[] | undefined {
  const fields: (string | undefined)[] = []
  const read = (text: string | undefined) => {
    fields.push(text)
    return text
  }
  return rewriteRecord(literal, read) === undefined ? undefined : fields
}

function guessOther({ column, values }: Evidence): Guess {
  const type = elementType(column)
  if (type === 'tsvector') return sure('text', 'the words of other columns, for searching', 0.8)
  if (type === 'xml') return unsure('text', 'a document; its elements stay, their contents do not')
  if (type === 'ltree') return guessLabels(values)
  if (isGeometric(type)) return unsure('number', 'a place, perhaps of a person')
  if (harmless.test(type)) return sure('keep', 'a type without words', 0.7)
  return unanswerable(type)
}

/** Paths of numbers are those of rows. */
function guessLabels(values: readonly string[]): Guess {
  const numbers = values.length > 0 && values.every((value) => /^[\d.]+$/.test(value))
  if (numbers) return sure('keep', 'a path of surrogate keys', 0.8)
  return unsure('text', 'a path of labels, which may be names')
}

/** No build takes it where the column must not be NULL: what nobody can mask, a person has to keep. */
const unanswerable = (type: string) =>
  unsure(
    'null',
    `nothing here can mask ${type}; answer keep only if it holds nothing personal`,
    0.1,
  )
