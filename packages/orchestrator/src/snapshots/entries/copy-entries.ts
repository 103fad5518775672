import { setTimeout as wait } from 'node:timers/promises'
import {
  type AnsweredKey,
  type KeyMasker,
  type KeyPart,
  shapeOfName,
  standInFor,
  UnansweredField,
} from '../../masking/masking.ts'
import type {
  Entry,
  EntryPart,
  EntrySource,
  EntryStore,
  EntryTarget,
} from '../../sources/sources.ts'
import { inParallel } from '../in-parallel.ts'
import type { Pace } from '../pace.ts'
import type { Throttle } from '../throttle.ts'
import { isSmall } from './at-once.ts'
import { entriesUnanswered, fieldUnanswered, tooLarge } from './errors.ts'
import { Seen } from './seen.ts'

const largestBytes = 64 * 1024 ** 2

export interface CopyingEntries {
  readonly name: string
  readonly kind: Pick<EntryStore, 'names' | 'atOnce' | 'parts'>
  readonly source: EntrySource
  readonly target: EntryTarget
  readonly masker: KeyMasker
  readonly pace: Pace
  readonly throttle: Throttle
}

/** Entries copied, by pattern. */
export type CopiedEntries = ReadonlyMap<string, number>

/** Copies what is answered for, masked; each entry once, however often it is listed. */
export async function copyEntries(
  copying: CopyingEntries,
  signal: AbortSignal,
): Promise<CopiedEntries> {
  const copied = new Map<string, number>()
  const seen = new Seen()
  const work = async (entry: Entry, either: AbortSignal) => {
    const pattern = await copyEntry(copying, entry, either)
    if (pattern === undefined) return
    copied.set(pattern, (copied.get(pattern) ?? 0) + 1)
    copying.pace.advance(1, pattern)
  }
  for await (const entries of copying.source.list(signal)) {
    const fresh = entries.filter(({ name }) => seen.add(name))
    await inParallel(fresh.filter(isSmall), copying.kind.atOnce, { signal, work })
    for (const entry of fresh.filter((each) => !isSmall(each))) await work(entry, signal)
  }
  copying.pace.tell(`Copied all ${copying.kind.names.called}`)
  return copied
}

/** The pattern that answered for it; undefined where nothing of it is in the copy. */
async function copyEntry(
  copying: CopyingEntries,
  entry: Entry,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { name, kind, target, masker } = copying
  const answered = masker.answer(entry.name)
  // It came after the survey.
  if (answered === undefined)
    throw entriesUnanswered(name, kind.names, [kind.names.shapeOf(entry.name)])
  if (answered.dropped) return undefined
  let isThere = false
  for await (const parts of contentOf(copying, { entry, answered }, signal)) {
    if (parts.length === 0) continue
    const sizeBytes = isWritten(answered) ? bytesOf(parts) : entry.sizeBytes
    await target.write({ ...entry, name: answered.name, sizeBytes }, parts, signal)
    isThere = true
  }
  return isThere ? answered.pattern : undefined
}

/** By us: its size is that of what we wrote. */
const isWritten = ({ isWhole, standIn }: AnsweredKey) => isWhole || standIn !== null

interface Answered {
  readonly entry: Entry
  readonly answered: AnsweredKey
}

/** What is in the copy: of what a stand-in takes the place of nothing is read. */
async function* contentOf(
  { name, kind, source, throttle }: CopyingEntries,
  { entry, answered }: Answered,
  signal: AbortSignal,
): AsyncGenerator<readonly EntryPart[]> {
  if (answered.standIn !== null) {
    yield [{ value: standInFor(answered.standIn, answered.name) }]
    return
  }
  const isJoined = answered.isWhole && kind.parts === 'pieces'
  if ((isJoined || kind.parts === 'values') && entry.sizeBytes > largestBytes)
    throw tooLarge(name, answered.pattern, largestBytes)
  const pieces: Buffer[] = []
  for await (const parts of source.read(entry, signal)) {
    const pause = throttle.take(bytesOf(parts))
    if (pause > 0) await wait(pause, undefined, { signal })
    if (isJoined) pieces.push(...parts.map(({ value }) => value))
    else yield maskedParts(name, answered, parts)
  }
  if (pieces.length > 0) yield maskedParts(name, answered, [{ value: Buffer.concat(pieces) }])
}

const bytesOf = (parts: readonly KeyPart[]) =>
  parts.reduce((sum, { field, value }) => sum + value.length + (field?.length ?? 0), 0)

function maskedParts(
  name: string,
  answered: AnsweredKey,
  parts: readonly KeyPart[],
): readonly KeyPart[] {
  return parts.flatMap((part) => {
    try {
      return answered.part(part) ?? []
    } catch (cause) {
      if (!(cause instanceof UnansweredField)) throw cause
      const shape = shapeOfName(part.field ?? Buffer.alloc(0), '\0')
      throw fieldUnanswered(name, answered.pattern, shape)
    }
  })
}
