/**
 * Runs `work` at most once at a time per key. Calls made while it runs lead to one more run, so the
 * last run always starts after the last call: a burst of events costs two requests, not hundreds.
 */
export function coalesce(work: (key: string) => Promise<void>): (key: string) => Promise<void> {
  const running = new Map<string, { again: boolean; done: Promise<void> }>()

  async function run(key: string): Promise<void> {
    try {
      do {
        const entry = running.get(key)
        if (entry) entry.again = false
        await work(key)
      } while (running.get(key)?.again)
    } finally {
      running.delete(key)
    }
  }

  return (key) => {
    const entry = running.get(key)
    if (entry) {
      entry.again = true
      return entry.done
    }
    const started = { again: false, done: Promise.resolve() }
    running.set(key, started)
    started.done = run(key)
    return started.done
  }
}
