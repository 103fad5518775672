import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Process } from '../engine/engine.ts'

/**
 * Gives a process a whole body as its input. A body that breaks off kills the process instead of
 * ending its input, which would look like a whole one.
 */
export async function feed(
  body: Readable,
  process: Pick<Process, 'stdin' | 'exit' | 'kill'>,
): Promise<void> {
  const gone = process.exit.then(
    () => true,
    () => true,
  )
  try {
    for await (const chunk of body) {
      if (process.stdin.write(chunk)) continue
      if (await Promise.race([once(process.stdin, 'drain').then(() => false), gone])) return
    }
    process.stdin.end()
  } catch (cause) {
    await process.kill()
    throw cause
  }
}
