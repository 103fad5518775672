import { z } from 'zod'
import type { Change } from '../../watching/watching.ts'
import { type RpcCall, stream } from '../connect/rpc.ts'
import type { Caller } from './caller.ts'
import { insidePath } from './inside-path.ts'
import { watchedLongEnough } from './watch-errors.ts'
import { within } from './within.ts'

const silentMs = 45_000

export const WatchMessage = z.object({
  path: z.string().max(10_000).default('').transform(insidePath),
  recursive: z.boolean().default(false),
})

/** What changes in a directory, until the client leaves or its time is over. */
export const watchRpc = stream(
  WatchMessage,
  async function* (watched, { caller, signal, timeoutMs }: RpcCall<Caller>) {
    const late = timeoutMs ? [AbortSignal.timeout(timeoutMs)] : []
    const until = AbortSignal.any([signal, ...late])
    yield* eventsOf(caller.doors.watching.watch(caller.sandbox, watched, until))
    if (!signal.aborted && until.aborted) throw watchedLongEnough()
  },
)

async function* eventsOf(looks: AsyncGenerator<readonly Change[], void, undefined>) {
  // Of one that is asked for as the client leaves, nobody waits for the answer.
  const ask = () => {
    const next = looks.next()
    next.catch(() => {})
    return next
  }
  try {
    if ((await ask()).done) return
    yield { start: {} }
    let next = ask()
    for (;;) {
      const look = await within(next, silentMs)
      if (look === undefined) {
        yield { keepalive: {} }
        continue
      }
      if (look.done) return
      for (const change of look.value) yield { filesystem: eventOf(change) }
      next = ask()
    }
  } finally {
    looks.return().catch(() => {})
  }
}

/** As its clients have it. */
export const eventOf = ({ name, type }: Change) => ({
  name,
  type: `EVENT_TYPE_${type.toUpperCase()}`,
})
