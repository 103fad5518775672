import { type EntryPolicy, type KeyAnswer, ruleFor } from '../../masking/masking.ts'
import type { Entry, EntrySource, EntryStore } from '../../sources/sources.ts'
import { entriesUnanswered, entriesUnfit, tooMuch } from './errors.ts'

/** No list of what is missing is longer than one would read. */
const told = 20
/** Shapes that are held: a name may have as many parts as it likes. */
const most = 1000

export interface Surveyed {
  readonly name: string
  readonly kind: Pick<EntryStore, 'names' | 'types'>
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
  let bytes = 0
  for await (const entries of surveyed.source.list(signal)) {
    for (const entry of entries) {
      const found = ruleFor(surveyed.policy, entry.name)
      if (found === undefined) countShape(unanswered, surveyed.kind, entry)
      else if (found.rule.answer.do !== 'drop') {
        const { pattern, answer } = found.rule
        wanted++
        if (answer.do !== 'instead') bytes += entry.sizeBytes
        const problem = problemOf(surveyed.kind, answer, entry.type)
        if (problem !== undefined) problems.add(`${pattern.text}: ${problem}`)
      }
    }
  }
  const { name, kind, source } = surveyed
  if (unanswered.size > 0) throw entriesUnanswered(name, kind.names, described(unanswered))
  if (problems.size > 0) throw entriesUnfit(name, kind.names, [...problems].slice(0, told))
  if (source.mostBytes !== undefined && bytes > source.mostBytes)
    throw tooMuch(name, bytes, source.mostBytes)
  return wanted
}

function countShape(shapes: Map<string, number>, { names }: Surveyed['kind'], entry: Entry): void {
  const own = `${names.shapeOf(entry.name)} (${entry.type}`
  const shape = shapes.has(own) || shapes.size < most ? own : `others (${entry.type}`
  shapes.set(shape, (shapes.get(shape) ?? 0) + 1)
}

function problemOf(
  { types, names }: Surveyed['kind'],
  answer: KeyAnswer,
  type: string,
): string | undefined {
  if (!types.includes(type)) return `${names.called} of type ${type} can only be answered with drop`
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
