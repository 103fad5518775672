import type { Reply, Session } from './session.ts'

/**
 * Where a copy keeps how long its keys live on. A time on the keys themselves would run while the
 * copy lies sealed, and a sandbox of next week would find no session; it runs from a sandbox’s start.
 */
const lifetimes = '\0stuntdouble lifetimes'
const atOnce = 2_000

export async function remember(session: Session, name: Buffer, ttlMs: number): Promise<void> {
  await session.call('ZADD', lifetimes, String(ttlMs), name)
}

/** Lets them run. Idempotent, and what it needed is gone then. */
export async function release(session: Session, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const popped = (await session.call('ZPOPMIN', lifetimes, String(atOnce))) as readonly Reply[]
    if (popped.length === 0) return
    const set: Promise<Reply>[] = []
    for (let at = 0; at + 1 < popped.length; at += 2) {
      const ttlMs = Math.max(1, Math.round(Number(String(popped[at + 1]))))
      set.push(session.call('PEXPIRE', popped[at] as Buffer, String(ttlMs)))
    }
    await Promise.all(set)
  }
}

export const isLifetimes = (name: Buffer) => name.equals(Buffer.from(lifetimes))

/** Whether they are there: not one of the entries. */
export const countLifetimes = async (session: Session) =>
  Number(await session.call('EXISTS', lifetimes))
