import {
  guessByName,
  isGenericName,
  isIdentifierName,
  type NameGuess,
} from '../detect/column-words.ts'
import { isChoice, isProse, spreadOf } from '../detect/spread.ts'
import { type Subject, subjectOf } from '../detect/table-words.ts'
import { type ContentGuess, guessByContent } from '../detect/values.ts'
import { isUnique } from '../policy/closure.ts'
import { type Evidence, type Guess, sure, unsure } from './guess.ts'

/** Kinds of content that outweigh what a column is called. */
const telling = new Set(['email', 'secret', 'ip'])
const geographic = new Set(['city', 'postcode', 'address'])

/** An answer for a column of characters: content that speaks for itself, then the name, then the rest. */
export function guessString(evidence: Evidence): Guess {
  const content = guessByContent(evidence.values)
  const named = placed(guessByName(evidence.column.name), evidence)
  if (content && telling.has(content.answer) && named !== 'secret') return fromContent(content)
  if (named && named !== 'keep') return fromName(named, evidence)
  if (content) return identifier(content, evidence) ?? fromContent(content)
  if (named === 'keep') return fromKeepName(evidence)
  return fromRest(evidence)
}

/** `state` is a place beside a city or a postcode, and a status elsewhere. */
function placed(named: NameGuess | undefined, { table, column }: Evidence): NameGuess | undefined {
  if (named !== 'place') return named
  const others = table.columns.filter((each) => each.name !== column.name)
  const isPlace = others.some(({ name }) => geographic.has(guessByName(name) ?? ''))
  return isPlace ? 'city' : undefined
}

function fromContent({ what, answer, share }: ContentGuess): Guess {
  const reason = `values look like ${what} (${Math.round(share * 100)} % of the sample)`
  return share > 0.8 ? sure(answer, reason, share) : unsure(answer, reason, share)
}

/** A UUID in a column of ids points at a row, not at a person. */
function identifier(content: ContentGuess, { column }: Evidence): Guess | undefined {
  if (content.answer !== 'uuid' || !isIdentifierName(column.name)) return undefined
  return sure('keep', 'an identifier made of UUIDs', 0.8)
}

function fromName(named: NameGuess, { table, values }: Evidence): Guess {
  const spread = spreadOf(values)
  if (named === 'text') return prose(subjectOf(table.name), isChoice(spread))
  if (named === 'place') return unsure('text', 'its name may mean a place')
  if (named === 'event' || named === 'date') return sure('date', 'its name says a date of a person')
  if (named === 'city')
    return unsure('city', 'its name says a place; with other columns it finds people', 0.7)
  if (named === 'number') return sure('number', 'its name says a figure about a person', 0.8)
  return sure(named, `its name says ${named.replaceAll('_', ' ')}`)
}

function prose(subject: Subject, choice: boolean): Guess {
  if (choice && subject !== 'people')
    return unsure('keep', 'named like free text, but with a few values over and over', 0.6)
  if (subject === 'things') return unsure('text', 'free text, perhaps about nobody', 0.6)
  return sure('text', 'free text, which may name anybody', 0.8)
}

function fromKeepName({ values }: Evidence): Guess {
  const spread = spreadOf(values)
  if (isProse(spread)) return unsure('text', 'its name says a choice, its values are free text')
  if (spread.count >= 20 && spread.distinct > Math.max(300, spread.count * 0.9))
    return unsure('text', 'its name says a choice, its values are all different')
  return sure('keep', 'its name says a choice among few', 0.85)
}

function fromRest(evidence: Evidence): Guess {
  const { table, column, values } = evidence
  const spread = spreadOf(values)
  if (isGenericName(column.name)) return fromSubject(subjectOf(table.name), evidence)
  if (isProse(spread)) return unsure('text', 'long and varied text', 0.7)
  if (isChoice(spread)) return sure('keep', 'few short values, over and over', 0.8)
  if (isUnique(table, column.name) || isIdentifierName(column.name))
    return unsure('secret', 'an identifier of unknown origin; its form is kept')
  return unsure('text', 'nothing says what it holds')
}

function fromSubject(subject: Subject, { column, values }: Evidence): Guess {
  const spread = spreadOf(values)
  const titled = guessByName(column.name) === undefined && /tit|label|caption/i.test(column.name)
  if (subject === 'people')
    return titled
      ? unsure('text', 'a title in a table about people', 0.6)
      : sure('full_name', 'the name in a table about people', 0.85)
  if (subject === 'companies') return sure('company', 'the name in a table about companies', 0.8)
  if (subject === 'things')
    return spread.distinct > 50
      ? unsure('keep', 'the name in a table about things, not people', 0.7)
      : sure('keep', 'the name in a short list of things', 0.8)
  if (isChoice(spread)) return sure('keep', 'few short values, over and over', 0.7)
  return unsure('text', 'a name, and nothing says whose')
}
