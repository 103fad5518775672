import { text } from 'node:stream/consumers'
import type { EntryTarget, Exec } from '../entries.ts'
import { dataDirectory } from './containers.ts'
import { copyFailed } from './errors.ts'
import { ReadingBack } from './reading-back.ts'
import { Unpacking } from './unpacking.ts'

const countCommand = ['sh', '-c', `find ${dataDirectory} -type f -printf . | wc -c`]

/** Everything is done in the staging container, by a user without privileges: no path leads out of there. */
export async function openTarget(exec: Exec, signal: AbortSignal): Promise<EntryTarget> {
  const unpacking = await Unpacking.start(exec, signal)
  const back = new ReadingBack()
  let sizeBytes = 0
  let ended: Promise<void> | undefined
  const end = () => {
    ended ??= unpacking.end()
    return ended
  }
  return {
    async *list(until) {
      await end()
      const there = await count(exec, until)
      let listed = 0
      for await (const entries of back.list(exec, until)) {
        listed += entries.length
        yield entries
      }
      // What was cut off between two files would look whole.
      if (listed !== there) throw copyFailed('being read back', 0)
    },
    read: () => back.read(),
    async count(until) {
      await end()
      return await count(exec, until)
    },
    async write(entry, parts) {
      await unpacking.write(entry, parts)
      for (const { value } of parts) sizeBytes += value.length
    },
    writeOut: end,
    finish: async () => {},
    sizeBytes: async () => sizeBytes,
    // What runs there ends with the staging pod.
    [Symbol.asyncDispose]: async () => {},
  }
}

async function count(exec: Exec, signal: AbortSignal): Promise<number> {
  const process = await exec(countCommand, signal)
  process.stderr.resume()
  const printed = await text(process.stdout)
  const exitCode = await process.exit
  if (exitCode !== 0) throw copyFailed('being counted', exitCode)
  return Number(printed.trim())
}
