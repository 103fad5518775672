/** Calls that run, of one client as far as it lets itself be told from others. */
export interface CallsInFlight {
  begin(id: string | number): Disposable & { readonly signal: AbortSignal }
}

/**
 * No session is kept, so a cancellation comes in a request that shares nothing with the call but the
 * label its client was given and the call’s number. A label is made up, handed out and forgotten: one
 * from before a restart serves as well.
 */
export interface InFlight {
  /** `whose` names who may cancel: a sandbox, or the owner of the key, and the label. */
  of(whose: string): CallsInFlight
  /** Where two clients without labels use one number, neither’s call is cancelled. */
  cancel(whose: string, id: string | number): void
}

export function createInFlight(): InFlight {
  const calls = new Map<string, Set<AbortController>>()
  const keyOf = (whose: string, id: string | number) => `${whose} ${typeof id} ${id}`

  return {
    of: (whose) => ({
      begin(id) {
        const key = keyOf(whose, id)
        const abort = new AbortController()
        const same = calls.get(key) ?? new Set()
        calls.set(key, same.add(abort))
        return {
          signal: abort.signal,
          [Symbol.dispose]() {
            same.delete(abort)
            if (same.size === 0 && calls.get(key) === same) calls.delete(key)
          },
        }
      },
    }),
    cancel(whose, id) {
      const [only, ...others] = calls.get(keyOf(whose, id)) ?? []
      if (others.length === 0) only?.abort()
    },
  }
}
