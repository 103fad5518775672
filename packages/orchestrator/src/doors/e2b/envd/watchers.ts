import { SandboxError } from '@stuntdouble/sdk/errors'
import { newSecret } from '../../../lib/ids.ts'
import { serially } from '../../../lib/serially.ts'
import { type Change, changesBetween, parseListing, type Watched } from '../../watching/watching.ts'
import { tooManyWatchers, watcherNotFound } from './watch-errors.ts'

/**
 * Directories whose changes a client asks for from time to time. Nothing runs in between: what is kept
 * of each is what was there when it was last asked, and what changed is the difference to now.
 */
export interface Watchers {
  /** Its id. Throws `capacity` beyond what a sandbox may have, and what the look throws. */
  add(sandbox: string, watched: Watched, look: Look): Promise<string>
  /** Since it was last asked. Throws for one that is not there, is forgotten, or is another sandbox’s. */
  changes(sandbox: string, id: string, look: Look): Promise<readonly Change[]>
  /** Throws as `changes` does. */
  remove(sandbox: string, id: string): void
  /** All of a sandbox. */
  forget(sandbox: string): void
}

/** What is there now, for `parseListing`. */
export type Look = (watched: Watched) => Promise<string>

interface Watcher {
  readonly sandbox: string
  readonly watched: Watched
  seen: string
}

const perSandbox = 16
const usualRoom = 64 * 1024 ** 2

/** `room`: how much of what was seen is kept, in characters; who was not asked for longest is forgotten. */
export function createWatchers(room: number = usualRoom): Watchers {
  /** The one that was asked last is the last. */
  const watchers = new Map<string, Watcher>()
  const inTurn = serially<string>()

  function find(sandbox: string, id: string): Watcher {
    const watcher = watchers.get(id)
    if (watcher?.sandbox !== sandbox) throw watcherNotFound()
    return watcher
  }

  /** Unless it was removed while it was looked. */
  function keep(id: string, watcher: Watcher, seen: string): void {
    if (!watchers.delete(id)) return
    watcher.seen = seen
    watchers.set(id, watcher)
    let held = 0
    for (const each of watchers.values()) held += each.seen.length
    for (const [other, { seen }] of watchers) {
      if (held <= room) return
      watchers.delete(other)
      held -= seen.length
    }
  }

  return {
    async add(sandbox, watched, look) {
      const own = [...watchers.values()].filter((each) => each.sandbox === sandbox)
      if (own.length >= perSandbox) throw tooManyWatchers(perSandbox)
      const id = newSecret()
      const watcher = { sandbox, watched, seen: '' }
      // Before it is looked, so that who asks for many at once gets no more.
      watchers.set(id, watcher)
      try {
        keep(id, watcher, await look(watched))
      } catch (cause) {
        watchers.delete(id)
        throw cause
      }
      return id
    },
    changes: (sandbox, id, look) =>
      inTurn(id, async () => {
        const watcher = find(sandbox, id)
        const before = watcher.seen
        const now = await look(watcher.watched).catch(emptyWhenGone)
        keep(id, watcher, now)
        return changesBetween(parseListing(before), parseListing(now))
      }),
    remove(sandbox, id) {
      find(sandbox, id)
      watchers.delete(id)
    },
    forget(sandbox) {
      for (const [id, watcher] of watchers) if (watcher.sandbox === sandbox) watchers.delete(id)
    },
  }
}

/** What was in it went with it. */
function emptyWhenGone(cause: unknown): string {
  if (cause instanceof SandboxError && cause.code === 'file_not_found') return ''
  throw cause
}
