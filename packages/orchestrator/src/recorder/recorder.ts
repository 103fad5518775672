import { EventEmitter } from 'node:events'
import type { EventType, SandboxEvent } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import type { Clock } from '../lib/clock.ts'
import type { Migration, Storage } from '../storage/storage.ts'
import { createPages, eventFields, eventOf, type Pages } from './pages.ts'
import { createWaiting } from './waiting.ts'

/** The flight recorder: what happened to and in each sandbox, in order, until it is forgotten. */
export interface Recorder extends Pages {
  /**
   * Joins the caller’s transaction. `data` holds no token and no value from a source. What an agent
   * can cause without end is kept up to 10 000 events a sandbox; the rest is dropped.
   */
  record(sandbox: string, type: EventType, data?: Readonly<Record<string, unknown>>): void
  /**
   * The same for what comes by the hundred: stored with what else comes within moments, for a commit
   * waits for the disk. Every reading sees it. What was not stored yet is lost with the process.
   */
  recordSoon(sandbox: string, type: EventType, data: Readonly<Record<string, unknown>>): void
  /** Stores what is waiting. */
  flush(): void
  /** The latest 1000 of a sandbox and every alarm, oldest first. */
  list(sandbox: string): SandboxEvent[]
  /** Called soon after something was recorded. Returns what ends the subscription. */
  subscribe(listener: () => void): () => void
}

export const recorderMigrations: readonly Migration[] = [
  {
    name: 'recorder-1',
    sql: `CREATE TABLE events (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      sandbox TEXT NOT NULL,
      type TEXT NOT NULL,
      data TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_by_sandbox ON events (sandbox, seq)`,
  },
]

const Count = z.object({ count: z.int() })

/** What only we cause, and never often; of alarms their source tells a hundred. */
const lifecycle: ReadonlySet<EventType> = new Set([
  'created',
  'ready',
  'pooled',
  'warm',
  'adopted',
  'extended',
  'ending_soon',
  'pre_stop',
  'ending',
  'ended',
  'failed',
  'alarm',
])
const keptPerSandbox = 10_000
const countsHeld = 1_000
type NewRow = [at: number, sandbox: string, type: string, data: string]

export function createRecorder(storage: Storage, clock: Clock): Recorder {
  const { sqlite } = storage
  const subscribers = new EventEmitter().setMaxListeners(0)
  const insert = sqlite.prepare('INSERT INTO events (at, sandbox, type, data) VALUES (?, ?, ?, ?)')
  const latest = sqlite.prepare(
    `SELECT ${eventFields} FROM events WHERE sandbox = :sandbox AND (type = 'alarm' OR seq IN
      (SELECT seq FROM events WHERE sandbox = :sandbox ORDER BY seq DESC LIMIT 1000)) ORDER BY seq DESC`,
  )
  const counted = sqlite.prepare('SELECT count(*) AS count FROM events WHERE sandbox = ?')
  /** What `counted` would say; anything may come after the end, so it is held without regard to that. */
  const counts = new Map<string, number>()
  const pages = createPages(storage)
  const tell = () => void subscribers.emit('recorded')

  function isFull(sandbox: string): boolean {
    const count = counts.get(sandbox) ?? Count.parse(counted.get(sandbox)).count
    if (counts.size >= countsHeld) counts.clear()
    counts.set(sandbox, count + 1)
    return count >= keptPerSandbox
  }

  const waiting = createWaiting<NewRow>((rows) => {
    storage.transaction(() => rows.map((row) => insert.run(...row)))
    queueMicrotask(tell)
  })

  return {
    flush: waiting.flush,
    recordSoon(sandbox, type, data) {
      if (isFull(sandbox)) return
      waiting.add([clock(), sandbox, type, JSON.stringify(data)])
    },
    record(sandbox, type, data = {}) {
      if (isFull(sandbox) && !lifecycle.has(type)) return
      insert.run(clock(), sandbox, type, JSON.stringify(data))
      // After the transaction that it joined, which may be rolled back.
      queueMicrotask(tell)
    },
    list(sandbox) {
      waiting.flush()
      return latest.all({ sandbox }).map(eventOf).reverse()
    },
    newest() {
      waiting.flush()
      return pages.newest()
    },
    page(query) {
      waiting.flush()
      return pages.page(query)
    },
    subscribe(listener) {
      subscribers.on('recorded', listener)
      return () => subscribers.off('recorded', listener)
    },
    forget: pages.forget,
  }
}
