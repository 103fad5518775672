import { SandboxError } from '@stuntdouble/sdk/errors'
import type { BackgroundProcess } from '../../doors.ts'
import { eventOf, keepAlive, startEvent } from './process-messages.ts'
import { within } from './within.ts'

/** What stands between us and a client may end what is silent for a minute. */
const silentMs = 45_000

/** The events of a process from these offsets on. It runs on when the reader goes. */
export async function* follow(
  process: BackgroundProcess,
  from: { readonly stdout: number; readonly stderr: number },
  signal: AbortSignal,
): AsyncGenerator<object, void, undefined> {
  const { pid, tty } = process.view
  if (pid === null) throw notStarted()
  yield startEvent(pid)
  const lines = process.follow({ ...from, wait: true }, signal)
  let next = lines.next()
  try {
    for (;;) {
      const line = await within(next, silentMs)
      if (line === undefined) {
        yield keepAlive
        continue
      }
      if (line.done) return
      yield eventOf(line.value, tty)
      next = lines.next()
    }
  } finally {
    await lines.return()
  }
}

const notStarted = () =>
  new SandboxError('engine_failed', 'The process has no number of its own: it did not start.', {
    hint: 'Check that the sandbox’s image has /bin/sh.',
  })
