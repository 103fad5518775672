import { setTimeout as wait } from 'node:timers/promises'
import {
  type AnsweredKey,
  type KeyMasker,
  type KeyPart,
  shapeOfName,
  UnansweredField,
} from '../../masking/masking.ts'
import type { Entry, EntryKind, EntrySource, EntryTarget } from '../../sources/sources.ts'
import { inParallel } from '../in-parallel.ts'
import type { Pace } from '../pace.ts'
import type { Throttle } from '../throttle.ts'
import { atOnce, isSmall } from './at-once.ts'
import { entriesUnanswered, fieldUnanswered, tooLarge } from './errors.ts'
import { Seen } from './seen.ts'

const largestBytes = 64 * 1024 ** 2

export interface CopyingEntries {
  readonly name: string
  readonly kind: EntryKind
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
    await inParallel(fresh.filter(isSmall), atOnce, { signal, work })
    for (const entry of fresh.filter((each) => !isSmall(each))) await work(entry, signal)
  }
  copying.pace.tell('Copied every key')
  return copied
}

/** The pattern that answered for it; undefined where nothing of it is in the copy. */
async function copyEntry(
  { name, kind, source, target, masker, throttle }: CopyingEntries,
  entry: Entry,
  signal: AbortSignal,
): Promise<string | undefined> {
  const answered = masker.answer(entry.name)
  // It came after the survey.
  if (answered === undefined)
    throw entriesUnanswered(name, [shapeOfName(entry.name, kind.separator)])
  if (answered.dropped) return undefined
  if (entry.sizeBytes > largestBytes) throw tooLarge(name, answered.pattern, largestBytes)
  const renamed = { ...entry, name: answered.name }
  let isThere = false
  for await (const parts of source.read(entry, signal)) {
    const pause = throttle.take(bytesOf(parts))
    if (pause > 0) await wait(pause, undefined, { signal })
    const masked = maskedParts(name, answered, parts)
    if (masked.length === 0) continue
    await target.write(renamed, masked, signal)
    isThere = true
  }
  return isThere ? answered.pattern : undefined
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
