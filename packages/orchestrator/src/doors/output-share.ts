/** How much output the orchestrator holds for each sandbox, over all its commands together. */
export interface OutputShares {
  open(sandbox: string): OutputShare
}

/** What one answer holds. Disposed when the answer was sent or its reader is gone. */
export interface OutputShare extends Disposable {
  /** How many of `bytes` may be kept. */
  take(bytes: number): number
}

/** Without it, many commands at once would hold as many outputs, and one agent all our memory. */
export function createOutputShares(bytesPerSandbox: number): OutputShares {
  const held = new Map<string, number>()

  function add(sandbox: string, bytes: number): void {
    const left = (held.get(sandbox) ?? 0) + bytes
    if (left > 0) held.set(sandbox, left)
    else held.delete(sandbox)
  }

  return {
    open(sandbox) {
      let mine = 0
      return {
        take(bytes) {
          const granted = Math.min(bytes, bytesPerSandbox - (held.get(sandbox) ?? 0))
          mine += granted
          add(sandbox, granted)
          return granted
        },
        [Symbol.dispose]() {
          add(sandbox, -mine)
          mine = 0
        },
      }
    },
  }
}
