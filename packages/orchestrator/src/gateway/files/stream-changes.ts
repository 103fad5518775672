import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { posix } from 'node:path'
import { eventStreamType, type FileChange } from '@stuntdouble/sdk/wire'
import type { Watching } from '../../doors/doors.ts'

const quietMs = 15_000

/**
 * As server-sent events, one for each change. Its head is sent once the directory was looked at, so that
 * what is changed after it has come is told.
 */
export async function streamChanges(
  looks: ReturnType<Watching['watch']>,
  directory: string,
  response: ServerResponse,
): Promise<void> {
  const first = await looks.next()
  response.writeHead(200, { 'content-type': eventStreamType }).flushHeaders()
  // Nothing in between may take a quiet connection for a dead one.
  const alive = setInterval(() => response.write(':\n\n'), quietMs)
  try {
    if (first.done) return
    for await (const changes of looks) {
      const told = changes.map(({ type, name }) =>
        spell({ type, path: posix.join(directory, name) }),
      )
      if (told.length > 0 && !response.write(told.join(''))) await drained(response)
    }
  } finally {
    clearInterval(alive)
    response.end()
  }
}

const spell = (change: FileChange) => `data: ${JSON.stringify(change)}\n\n`

const drained = (response: ServerResponse) =>
  Promise.race([once(response, 'drain'), once(response, 'close')])
