import { guessByContent } from '../detect/values.ts'
import { isPlainWord } from './name-shape.ts'

/** Names of one form, and the pattern that fits them. */
export interface NameGroup {
  readonly pattern: string
  /** Places in the list of names. */
  readonly members: readonly number[]
  /** A person should look. */
  readonly unsure: boolean
}

interface Item {
  readonly index: number
  readonly segments: readonly string[]
}

/** Words that stand in one place: more are rather somebody’s names than somebody’s choice. */
const mostWords = { inside: 40, first: 20, last: 3 }
/** What is said that often is a word, however many others there are. */
const often = 20
/** Deeper names are taken as they come. */
const deepest = 10

/** Finds the patterns of names: what varies is wild, and masked unless it is plainly a number. */
export function groupNames(names: readonly Buffer[], separator: string): readonly NameGroup[] {
  const items = names.map((name, index) => ({
    index,
    segments: name.toString('utf8').split(separator),
  }))
  return grouped(items, { at: 0, prefix: [], unsure: false, separator })
}

interface Where {
  readonly at: number
  readonly prefix: readonly string[]
  readonly unsure: boolean
  readonly separator: string
}

function grouped(items: readonly Item[], where: Where): NameGroup[] {
  const { at, prefix, unsure, separator } = where
  const going = items.filter(({ segments }) => segments.length > at)
  const ended = items.filter(({ segments }) => segments.length === at)
  const groups = ended.length > 0 ? [groupOf(ended, prefix.join(separator), unsure)] : []
  if (going.length === 0) return groups
  if (at === deepest)
    return [...groups, groupOf(going, [...prefix, '{text**}'].join(separator), true)]

  const byWord = Map.groupBy(going, ({ segments }) => segments[at] ?? '')
  const wild: Item[] = []
  for (const [word, members] of byWord) {
    if (!isLiteral(word, members, { at, siblings: byWord.size })) wild.push(...members)
    else groups.push(...grouped(members, { ...where, at: at + 1, prefix: [...prefix, word] }))
  }
  if (wild.length === 0) return groups
  const part = wildPart(wild.map(({ segments }) => segments[at] ?? ''))
  const below = { at: at + 1, prefix: [...prefix, part.text], unsure: unsure || part.unsure }
  return [...groups, ...grouped(wild, { ...below, separator })]
}

const groupOf = (items: readonly Item[], pattern: string, unsure: boolean): NameGroup => ({
  ...{ pattern, unsure },
  members: items.map(({ index }) => index),
})

interface Among {
  readonly at: number
  /** Different words in this place. */
  readonly siblings: number
}

function isLiteral(word: string, members: readonly Item[], { at, siblings }: Among): boolean {
  if (!isPlainWord(word)) return false
  const goesOn = members.some(({ segments }) => segments.length > at + 1)
  if (goesOn) return siblings <= mostWords.inside || members.length >= often
  return siblings <= (at === 0 ? mostWords.first : mostWords.last)
}

export interface WildPart {
  /** `*`, or a strategy in braces. */
  readonly text: string
  readonly unsure: boolean
}

/** What stands for values of which none is to be told, by what they look like. */
export function wildPart(values: readonly string[]): WildPart {
  const given = values.filter((value) => value !== '')
  if (given.every((value) => /^\d{1,12}$/.test(value) || isDay(value)))
    return { text: '*', unsure: false }
  const content = guessByContent(given)
  if (content?.answer === 'uuid') return { text: '*', unsure: false }
  if (content !== undefined) return { text: `{${content.answer}}`, unsure: content.share < 0.8 }
  return { text: '{username}', unsure: true }
}

const isDay = (value: string) => /^\d{4}-\d\d(?:-\d\d)?$/.test(value)
