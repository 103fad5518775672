import type { Process } from '../../engine/engine.ts'
import type { Commands } from '../commands.ts'
import { fileNotFound } from '../errors.ts'
import { tooManyToWatch } from './errors.ts'
import {
  type Change,
  changesBetween,
  type Listing,
  parseListing,
  seenFormat,
} from './listing-changes.ts'
import { depthOf, look, missing, type Watched } from './look.ts'

export { type Change, changesBetween, parseListing } from './listing-changes.ts'
export type { Watched } from './look.ts'

/** Directories of a sandbox, looked at with the agent’s own rights. */
export interface Watching {
  /** All that is there now, for `parseListing`. Throws `file_not_found` where it is no directory. */
  look(sandbox: string, watched: Watched, signal: AbortSignal): Promise<string>
  /**
   * What changes, from the first look on, which an empty list tells. Ends with `signal`, with the
   * directory or with the sandbox. Throws `file_not_found`, and `capacity` for too many entries.
   */
  watch(
    sandbox: string,
    watched: Watched,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Change[], void, undefined>
}

/** Of one look, in base64: some ten thousand entries. */
const lookLimit = 1024 ** 2

/**
 * Looks five times a second and says all there is whenever it is not as before. inotify is not in every
 * image, and sees nothing behind a second kernel’s back.
 */
const script = `
[ -d "$1" ] || exit ${missing}
[ "$1" = / ] || set -- "$1/" "$2"
last=-
while :; do
  now=$(find "$1" -mindepth 1 -maxdepth "$2" -printf '${seenFormat}' 2>/dev/null | sort -z | base64 -w 0)
  [ "$now" = "$last" ] || printf '%s\\n' "$now" || exit 0
  last=$now
  sleep 0.2
done`

export function createWatching(commands: Pick<Commands, 'start'>): Watching {
  return {
    look: (sandbox, watched, signal) => look({ commands, sandbox }, watched, signal),
    async *watch(sandbox, watched, signal) {
      const ended = new AbortController()
      const request = {
        command: ['/bin/sh', '-c', script, 'sh', watched.path, depthOf(watched)],
        ...{ cwd: '/', env: { LC_ALL: 'C.UTF-8' }, stdin: 'none' as const },
      }
      const until = AbortSignal.any([signal, ended.signal])
      const process = await commands.start(sandbox, request, until)
      process.stderr.resume()
      try {
        let before: Listing | undefined
        for await (const now of looksOf(process, watched.path)) {
          yield before ? changesBetween(before, now) : []
          before = now
        }
      } finally {
        ended.abort()
      }
    },
  }
}

async function* looksOf(process: Process, path: string): AsyncGenerator<Listing, void, undefined> {
  let held = ''
  for await (const chunk of process.stdout) {
    held += chunk.toString('latin1')
    const lines = held.split('\n')
    held = lines.pop() ?? ''
    if (held.length > lookLimit) throw tooManyToWatch(path)
    for (const line of lines) yield parseListing(Buffer.from(line, 'base64').toString('utf8'))
  }
  if ((await process.exit) === missing) throw fileNotFound(path)
}
