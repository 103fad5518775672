import type { EventPage, EventType, SandboxEvent } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import type { Storage } from '../storage/storage.ts'

export interface EventQuery {
  readonly after: number
  readonly sandbox?: string | undefined
  readonly type?: readonly EventType[] | undefined
}

/** What is stored of every sandbox and snapshot, by number. */
export interface Pages {
  /** What follows a number, of a thousand at most; `next` is behind all that were looked at. */
  page(query: EventQuery): EventPage
  /** The number of the latest; 0 when nothing is kept. */
  newest(): number
  /** Drops what is older than `before` (epoch milliseconds) of all but `remembered`. */
  forget(before: number, remembered: readonly string[]): void
}

export const eventFields = 'seq, at, sandbox, type, data'

const Row = z.object({
  seq: z.int(),
  at: z.int(),
  sandbox: z.string(),
  type: z.string(),
  data: z.string(),
})
const Newest = z.object({ seq: z.int() })
const Data = z.record(z.string(), z.unknown())

const pageSize = 1_000
/** However many sandboxes there are: the oldest go. */
const keptInAll = 1_000_000

export function createPages({ sqlite }: Storage): Pages {
  const later = (which: string) =>
    sqlite.prepare(
      `SELECT ${eventFields} FROM events WHERE seq > :after ${which} ORDER BY seq LIMIT ${pageSize}`,
    )
  const [laterOfAll, laterOfOne] = [later(''), later('AND sandbox = :sandbox')]
  const highest = sqlite.prepare('SELECT coalesce(max(seq), 0) AS seq FROM events')
  const forgetOld = sqlite.prepare(
    'DELETE FROM events WHERE at < ? AND sandbox NOT IN (SELECT value FROM json_each(?))',
  )
  const forgetMost = sqlite.prepare(`DELETE FROM events WHERE seq <= ? - ${keptInAll}`)
  const newest = () => Newest.parse(highest.get()).seq

  return {
    newest,
    page({ after, sandbox, type }) {
      const rows = sandbox ? laterOfOne.all({ after, sandbox }) : laterOfAll.all({ after })
      const looked = z.array(Row).parse(rows)
      const more = looked.length === pageSize
      // One that was handed out before the journal was lost is ahead of all there is.
      const next = more ? (looked.at(-1)?.seq ?? after) : newest()
      const wanted = looked.filter((row) => !type || type.some((one) => one === row.type))
      return { events: wanted.map(eventOf), next, more }
    },
    forget(before, remembered) {
      forgetOld.run(before, JSON.stringify(remembered))
      forgetMost.run(newest())
    },
  }
}

export function eventOf(raw: unknown): SandboxEvent {
  const row = Row.parse(raw)
  return { ...row, at: new Date(row.at).toISOString(), data: Data.parse(JSON.parse(row.data)) }
}
