import { groupNames, type NameGroup } from './group-names.ts'
import { pathEndings, pathWords } from './path-words.ts'

const separator = '/'

/** A path without what it may tell of somebody, such as `avatars/*.png`. */
export function shapeOfPath(path: Buffer): string {
  const { stem, ending } = splitEnding(path)
  const segments = stem.toString('latin1').split(separator)
  return `${segments.map((word) => (pathWords.has(word) ? word : '*')).join(separator)}${ending}`
}

/** An ending right behind a masked address would make another address of it. */
export const legiblePath = (path: Buffer) =>
  Buffer.from(path.toString('latin1').replaceAll('@example.com.', '@example.com '), 'latin1')

/** Finds the patterns of paths. Files of different types are of different patterns. */
export function groupPaths(paths: readonly Buffer[]): readonly NameGroup[] {
  const split = paths.map((path, index) => ({ ...splitEnding(path), index }))
  const groups = [...Map.groupBy(split, ({ ending }) => ending)].flatMap(([ending, items]) =>
    groupNames(
      items.map(({ stem }) => stem),
      separator,
    ).map((group) => ({
      ...group,
      pattern: withEnding(group.pattern, ending),
      members: group.members.flatMap((at) => items[at]?.index ?? []),
    })),
  )
  return [...Map.groupBy(groups, ({ pattern }) => pattern)].map(([pattern, same]) => ({
    pattern,
    members: same.flatMap(({ members }) => members),
    unsure: same.some(({ unsure }) => unsure),
  }))
}

/** A part that reaches over segments ends in none: it takes the ending along. */
const withEnding = (pattern: string, ending: string) =>
  pattern.endsWith('**}') ? pattern : `${pattern}${ending}`

function splitEnding(path: Buffer) {
  const dot = path.lastIndexOf('.')
  const ending = path.subarray(dot + 1).toString('latin1')
  // A name that begins with its only dot is no ending.
  const isInside = dot > path.lastIndexOf(separator) + 1
  if (!isInside || !isEnding(ending)) return { stem: path, ending: '' }
  return { stem: path.subarray(0, dot), ending: `.${ending}` }
}

const isEnding = (text: string) => pathEndings.has(text.toLowerCase())
