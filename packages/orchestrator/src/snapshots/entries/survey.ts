import { type EntryPolicy, type KeyAnswer, ruleFor, shapeOfName } from '../../masking/masking.ts'
import type { Entry, EntryKind, EntrySource } from '../../sources/sources.ts'
import { entriesUnanswered, entriesUnfit } from './errors.ts'

/** No list of what is missing is longer than one would read. */
const told = 20
/** Shapes that are held: a name may have as many parts as it likes. */
const most = 1000

export interface Surveyed {
  readonly name: string
  readonly kind: EntryKind
  readonly source: EntrySource
  readonly policy: EntryPolicy<KeyAnswer>
}

/**
 * Holds every name and type against the policy before anything is made. How many entries are to be
 * copied; throws `policy_unanswered` with the shapes of what nobody thought of, never with a name.
 */
export async function survey(surveyed: Surveyed, signal: AbortSignal): Promise<number> {
  const unanswered = new Map<string, number>()
  const problems = new Set<string>()
  let wanted = 0
  for await (const entries of surveyed.source.list(signal)) {
    for (const entry of entries) {
      const found = ruleFor(surveyed.policy, entry.name)
      if (found === undefined) countShape(unanswered, surveyed.kind, entry)
      else if (found.rule.answer.do !== 'drop') {
        const { pattern, answer } = found.rule
        wanted++
        const problem = problemOf(surveyed.kind, answer, entry.type)
        if (problem !== undefined) problems.add(`${pattern.text}: ${problem}`)
      }
    }
  }
  const { name } = surveyed
  if (unanswered.size > 0) throw entriesUnanswered(name, described(unanswered))
  if (problems.size > 0) throw entriesUnfit(name, [...problems].slice(0, told))
  return wanted
}

function countShape(shapes: Map<string, number>, { separator }: EntryKind, entry: Entry): void {
  const own = `${shapeOfName(entry.name, separator)} (${entry.type}`
  const shape = shapes.has(own) || shapes.size < most ? own : `others (${entry.type}`
  shapes.set(shape, (shapes.get(shape) ?? 0) + 1)
}

function problemOf({ types }: EntryKind, answer: KeyAnswer, type: string): string | undefined {
  if (!types.includes(type)) return `keys of type ${type} can only be answered with drop`
  if (answer.do === 'fields' && type !== 'hash')
    return `is answered by fields, and fits a key that is a ${type}`
  return undefined
}

function described(shapes: ReadonlyMap<string, number>): string[] {
  const lines = [...shapes]
    .sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
    .map(([shape, times]) => `${shape}, ${times === 1 ? 'once' : `${times} times`})`)
  const rest = lines.length - told
  return rest > 0 ? [...lines.slice(0, told), `and ${rest} more`] : lines
}
