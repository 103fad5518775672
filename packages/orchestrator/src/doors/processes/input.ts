import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { serially } from '../../lib/serially.ts'
import { takesNoInput } from './process-errors.ts'

/** What is written to a process, by any number of senders. */
export interface Input {
  /**
   * Resolves when it was taken. What the process does not read waits with its sender: no more than one
   * piece beyond what a stream holds is ever ours. Throws `conflict` where no input is taken.
   */
  write(bytes: Buffer, signal: AbortSignal): Promise<void>
  close(): void
}

export function createInput(stdin: Writable, isOpen: boolean, ended: AbortSignal): Input {
  const inTurn = serially<'write'>()
  const refuse = () => {
    if (!isOpen || stdin.destroyed || ended.aborted) throw takesNoInput()
  }

  return {
    async write(bytes, signal) {
      refuse()
      await inTurn('write', async () => {
        signal.throwIfAborted()
        if (stdin.writableNeedDrain) await room(stdin, AbortSignal.any([signal, ended]))
        signal.throwIfAborted()
        refuse()
        stdin.write(bytes)
      })
    },
    close() {
      refuse()
      isOpen = false
      stdin.end()
    },
  }
}

/** Settles also where there will never be any. */
async function room(stdin: Writable, signal: AbortSignal): Promise<void> {
  const settled = new AbortController()
  const until = { signal: AbortSignal.any([signal, settled.signal]) }
  await Promise.race([once(stdin, 'drain', until), once(stdin, 'close', until)]).catch(() => {})
  settled.abort()
}
