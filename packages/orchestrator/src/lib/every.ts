/**
 * Does the work now and then `periodMs` after each time it settled, until disposed. A failure is
 * reported and does not stop the rhythm. Disposal waits for work under way.
 */
export function every(
  periodMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  onError: (cause: unknown) => void,
): AsyncDisposable {
  const stop = new AbortController()
  const done = beat()

  async function beat(): Promise<void> {
    while (!stop.signal.aborted) {
      await work(stop.signal).catch((cause) => {
        if (!stop.signal.aborted) onError(cause)
      })
      await pause(periodMs, stop.signal)
    }
  }

  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}

/** Resolves when the work settles, or after `ms`, when it goes on without us. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const settled = new AbortController()
  await Promise.race([work, pause(ms, settled.signal)]).finally(() => settled.abort())
}

/**
 * Resolves after `ms`, or at once when aborted. Keeps the process alive meanwhile: whoever waits in
 * the middle of work, such as a teardown, is to finish it.
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', settle)
      resolve()
    }
    const timer = setTimeout(settle, ms)
    signal?.addEventListener('abort', settle)
  })
}
