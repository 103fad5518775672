import { once } from 'node:events'
import type { Process } from '../engine/engine.ts'
import type { Stall } from './stall.ts'

/**
 * Gives a process a whole body as its input. A body that breaks off kills the process instead of
 * ending its input, which would look like a whole one.
 */
export async function feed(
  body: AsyncIterable<Buffer>,
  process: Pick<Process, 'stdin' | 'exit' | 'kill'>,
  stall: Pick<Stall, 'awaiting'>,
): Promise<void> {
  const gone = process.exit.then(
    () => true,
    () => true,
  )
  try {
    for await (const chunk of body) {
      if (process.stdin.write(chunk)) continue
      const drained = once(process.stdin, 'drain').then(() => false)
      if (await stall.awaiting(Promise.race([drained, gone]))) return
    }
    process.stdin.end()
  } catch (cause) {
    await process.kill()
    throw cause
  }
}
