import {
  type EntryPolicy,
  type KeyAnswer,
  type KeyPart,
  type NameGroup,
  type ProposedKeys,
  ruleFor,
} from '../../masking/masking.ts'
import type { Entry, EntrySource, EntryStore } from '../../sources/sources.ts'

/** Entries of which the patterns are made. A store tells them in no order, so the first are as good as any. */
const sampledNames = 50_000
/** Entries of a pattern that are looked into, and how large one may be. */
const sampledEntries = 20
const largestBytes = 64 * 1024

export interface Proposing {
  readonly kind: Pick<EntryStore, 'names' | 'types'>
  readonly source: EntrySource
  readonly existing: EntryPolicy<KeyAnswer>
}

/** Patterns and answers for what none exists. Samples are looked at in memory and go no further. */
export async function proposeEntries(
  proposing: Proposing,
  signal: AbortSignal,
): Promise<readonly ProposedKeys[]> {
  const { kind, source } = proposing
  const { entries, isWhole } = await unanswered(proposing, signal)
  const groups = kind.names.group(entries.map(({ name }) => name))
  const proposed: ProposedKeys[] = []
  for (const group of groups) {
    const members = group.members.flatMap((index) => entries[index] ?? [])
    proposed.push(await propose({ kind, source, group, members, isWhole }, signal))
  }
  return proposed.toSorted((left, right) => (left.pattern < right.pattern ? -1 : 1))
}

async function unanswered({ source, existing }: Proposing, signal: AbortSignal) {
  const entries = new Map<string, Entry>()
  for await (const batch of source.list(signal)) {
    for (const entry of batch) {
      if (ruleFor(existing, entry.name) !== undefined) continue
      entries.set(entry.name.toString('latin1'), entry)
      if (entries.size === sampledNames) return { entries: [...entries.values()], isWhole: false }
    }
  }
  return { entries: [...entries.values()], isWhole: true }
}

interface Group {
  readonly kind: Pick<EntryStore, 'names' | 'types'>
  readonly source: EntrySource
  readonly group: NameGroup
  readonly members: readonly Entry[]
  readonly isWhole: boolean
}

async function propose(
  { kind, source, group, members, isWhole }: Group,
  signal: AbortSignal,
): Promise<ProposedKeys> {
  const types = [...Map.groupBy(members, ({ type }) => type)].sort(
    (left, right) => right[1].length - left[1].length,
  )
  const [type = ''] = types[0] ?? []
  const amounts = types.map(([each, { length }]) => `${each} ${length}`)
  const isMixed = types.length > 1
  const proposed = {
    pattern: group.pattern,
    amount: `${isWhole ? '' : 'of a sample, '}${amounts.join(', ')}`,
    unsure: group.unsure || isMixed,
  }
  if (!kind.types.includes(type)) return { ...proposed, values: [] }
  const looked = members.filter((each) => each.type === type && each.sizeBytes <= largestBytes)
  const parts: KeyPart[] = []
  for (const entry of looked.slice(0, sampledEntries)) {
    // The first batch is enough.
    for await (const some of source.read(entry, signal)) {
      parts.push(...some)
      break
    }
  }
  return { ...proposed, ...kind.names.propose({ pattern: group.pattern, type, parts }) }
}
