import { elementType, kindOf } from '../column-kind.ts'
import { isCardNumber } from '../detect/checksums.ts'
import { guessByName, isIdentifierName } from '../detect/column-words.ts'
import { subjectOf } from '../detect/table-words.ts'
import { isGeometric } from '../strategies/strategies.ts'
import { type Evidence, type Guess, sure, unsure } from './guess.ts'
import { guessJson } from './guess-json.ts'
import { guessString } from './guess-string.ts'

/** Types below `other` that hold no words and no places. */
const harmless =
  /^(?:interval|bit|bit varying|varbit|oid|xid8?|cid|tid|pg_lsn|reg\w+|int4range|int8range|numrange|tsrange|tstzrange|daterange|\w+multirange|txid_snapshot|pg_snapshot|boolean)$/

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

function guessOther({ column }: Evidence): Guess {
  const type = elementType(column)
  const scalar = column.category !== 'array'
  if (type === 'tsvector') return sure('text', 'the words of other columns, for searching', 0.8)
  if (type === 'xml') return unsure('text', 'a document; its elements stay, their contents do not')
  if (isGeometric(type)) return unsure('number', 'a place, perhaps of a person')
  if (harmless.test(type)) return sure('keep', 'a type without words', 0.7)
  if (!column.notNull) return unsure('null', `nothing here can mask ${type}`)
  return unsure(
    'keep',
    `nothing here can mask ${type}, and it must not be NULL: look closely`,
    scalar ? 0.1 : 0,
  )
}
