import { SandboxError } from '@stuntdouble/sdk/errors'
import { z } from 'zod'
import type { Process } from '../../../engine/engine.ts'
import { fileNotFound } from '../../errors.ts'
import { type RpcCall, stream } from '../connect/rpc.ts'
import type { Caller } from './caller.ts'
import { insidePath } from './inside-path.ts'
import { changesBetween, type Listing, parseListing, seenFormat } from './listing-changes.ts'
import { within } from './within.ts'

const missing = 3
const mostDepth = 32
const silentMs = 45_000
/** Of one look, in base64: some ten thousand entries. */
const lookLimit = 1024 ** 2

/**
 * Looks five times a second and says all there is whenever it is not as before. inotify is not in every
 * image, and sees nothing behind a second kernel’s back.
 */
const lookScript = `
[ -d "$1" ] || exit ${missing}
[ "$1" = / ] || set -- "$1/" "$2"
last=-
while :; do
  now=$(find "$1" -mindepth 1 -maxdepth "$2" -printf '${seenFormat}' 2>/dev/null | sort -z | base64 -w 0)
  [ "$now" = "$last" ] || printf '%s\\n' "$now" || exit 0
  last=$now
  sleep 0.2
done`

const WatchMessage = z.object({
  path: z.string().max(10_000).default('').transform(insidePath),
  recursive: z.boolean().default(false),
})

/** What changes in a directory, until the client leaves or its time is over. */
export const watchRpc = stream(
  WatchMessage,
  async function* ({ path, recursive }, { caller, signal, timeoutMs }: RpcCall<Caller>) {
    const ended = new AbortController()
    const late = timeoutMs ? [AbortSignal.timeout(timeoutMs)] : []
    const until = AbortSignal.any([signal, ended.signal, ...late])
    const depth = String(recursive ? mostDepth : 1)
    const request = {
      ...{ command: ['/bin/sh', '-c', lookScript, 'sh', path, depth], cwd: '/' },
      ...{ env: { LC_ALL: 'C.UTF-8' }, stdin: 'none' as const },
    }
    const process = await caller.doors.commands.start(caller.sandbox, request, until)
    process.stderr.resume()
    try {
      yield* eventsOf(looksOf(process, path))
      if (!signal.aborted && until.aborted) throw watchedLongEnough()
    } finally {
      ended.abort()
    }
  },
)

async function* eventsOf(looks: AsyncGenerator<Listing, void, undefined>) {
  const first = await looks.next()
  if (first.done) return
  yield { start: {} }
  let before = first.value
  let next = looks.next()
  for (;;) {
    const look = await within(next, silentMs)
    if (look === undefined) {
      yield { keepalive: {} }
      continue
    }
    if (look.done) return
    for (const filesystem of changesBetween(before, look.value)) yield { filesystem }
    before = look.value
    next = looks.next()
  }
}

async function* looksOf(process: Process, path: string): AsyncGenerator<Listing, void, undefined> {
  let held = ''
  for await (const chunk of process.stdout) {
    held += chunk.toString('latin1')
    const lines = held.split('\n')
    held = lines.pop() ?? ''
    if (held.length > lookLimit) throw tooMany(path)
    for (const line of lines) yield parseListing(Buffer.from(line, 'base64').toString('utf8'))
  }
  if ((await process.exit) === missing) throw fileNotFound(path)
}

const watchedLongEnough = () =>
  new SandboxError('timed_out', 'The time for watching is over.', {
    hint: 'Watch again, with a longer time.',
  })

const tooMany = (path: string) =>
  new SandboxError('capacity', `"${path}" holds too many entries to watch.`, {
    hint: 'Watch a directory below it, or not recursively.',
  })
