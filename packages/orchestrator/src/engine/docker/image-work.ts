import type { OnProgress } from '@stuntdouble/sdk/wire'
import { orAborted } from './image-or-aborted.ts'

type Work = (onProgress: OnProgress, signal: AbortSignal) => Promise<void>

interface Running {
  readonly promise: Promise<void>
  readonly watchers: Set<OnProgress>
  readonly cancel: AbortController
}

/**
 * Work that several callers want is done once. Each sees its progress; a caller that gives up leaves
 * the others be, and the last to leave ends it.
 */
export class SharedWork {
  readonly #running = new Map<string, Running>()

  async join(key: string, { work, onProgress, signal }: Joining): Promise<void> {
    signal.throwIfAborted()
    const running = this.#running.get(key) ?? this.#begin(key, work)
    const watcher: OnProgress = (progress) => onProgress(progress)
    running.watchers.add(watcher)
    const leave = () => {
      running.watchers.delete(watcher)
      if (running.watchers.size === 0) running.cancel.abort(signal.reason)
    }
    try {
      await orAborted(running.promise, signal)
    } finally {
      leave()
    }
  }

  #begin(key: string, work: Work): Running {
    const watchers = new Set<OnProgress>()
    const cancel = new AbortController()
    const tell: OnProgress = (progress) => {
      for (const watcher of watchers) watcher(progress)
    }
    const promise = work(tell, cancel.signal).finally(() => this.#running.delete(key))
    const running = { promise, watchers, cancel }
    this.#running.set(key, running)
    cancel.signal.addEventListener('abort', () => this.#running.delete(key), { once: true })
    promise.catch(() => {})
    return running
  }
}

export interface Joining {
  readonly work: Work
  readonly onProgress: OnProgress
  readonly signal: AbortSignal
}
