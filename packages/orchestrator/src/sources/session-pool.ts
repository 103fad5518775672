/** A connection, as far as sharing it goes. */
export interface Pooled extends AsyncDisposable {
  /** Ends the connection at once; what runs on it rejects. */
  destroy(): void
  readonly broken: boolean
}

/** A few interchangeable connections, opened when first needed. */
export interface SessionPool<Session extends Pooled> extends AsyncDisposable {
  /** Give it back with `release`, also when it broke. */
  acquire(signal: AbortSignal): Promise<Session>
  release(session: Session): void
  use<Result>(signal: AbortSignal, work: (session: Session) => Promise<Result>): Promise<Result>
}

export function createSessionPool<Session extends Pooled>(
  limit: number,
  open: (signal: AbortSignal) => Promise<Session>,
): SessionPool<Session> {
  const idle: Session[] = []
  const all = new Set<Session>()
  const waiting = new Set<() => void>()
  let places = limit

  const place = async (signal: AbortSignal) => {
    while (places === 0) await nextTurn(waiting, signal)
    signal.throwIfAborted()
    places--
  }
  const leave = () => {
    places++
    const [first] = waiting
    first?.()
  }

  const pool: SessionPool<Session> = {
    acquire: async (signal) => {
      await place(signal)
      const kept = idle.splice(0).filter(({ broken }) => !broken)
      const next = kept.pop()
      idle.push(...kept)
      if (next !== undefined) return next
      try {
        const session = await open(signal)
        all.add(session)
        return session
      } catch (cause) {
        leave()
        throw cause
      }
    },
    release: (session) => {
      if (session.broken) all.delete(session)
      else idle.push(session)
      leave()
    },
    use: async (signal, work) => {
      const session = await pool.acquire(signal)
      try {
        return await untilAborted(session, signal, () => work(session))
      } finally {
        pool.release(session)
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...all].map((session) => session[Symbol.asyncDispose]()))
    },
  }
  return pool
}

/** Runs work on a session; an abort ends the session and rejects with the signal’s reason. */
export async function untilAborted<Result>(
  session: Pick<Pooled, 'destroy'>,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const abort = () => session.destroy()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await work()
  } catch (cause) {
    signal.throwIfAborted()
    throw cause
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** An abort gives the turn up at once, so that it wakes whoever waits behind. */
function nextTurn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const wake = () => {
    waiting.delete(wake)
    signal.removeEventListener('abort', abort)
    resolve()
  }
  const abort = () => {
    waiting.delete(wake)
    reject(signal.reason)
  }
  waiting.add(wake)
  signal.addEventListener('abort', abort, { once: true })
  return promise
}
