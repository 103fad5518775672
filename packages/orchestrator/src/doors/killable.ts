import { finished } from 'node:stream/promises'
import type { Process } from '../engine/engine.ts'
import { pause } from '../lib/every.ts'
import { commandOutlives } from './errors.ts'

const killWithinMs = 10_000

/**
 * Kills a process when the signal aborts. One that cannot be killed, such as one that ends its killers,
 * is given up: its streams and its `exit` fail, so that nobody waits for it. It stays within the limits
 * of its sandbox and ends with it.
 */
export function killable(process: Process, signal: AbortSignal): Process {
  const exit = Promise.withResolvers<number>()
  const ended = new AbortController()
  exit.promise.catch(() => {})
  // Giving up fails streams that nobody may be reading.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  process.exit.then(exit.resolve, exit.reject).finally(() => ended.abort())

  async function end(): Promise<void> {
    process.kill().catch(() => {})
    await pause(killWithinMs, ended.signal)
    if (ended.signal.aborted) return
    const error = commandOutlives()
    exit.reject(error)
    process.stdout.destroy(error)
    process.stderr.destroy(error)
  }
  if (signal.aborted) void end()
  else endWhenAborted(process, signal, end)

  const { stdin, stdout, stderr } = process
  return {
    ...{ stdin, stdout, stderr, exit: exit.promise },
    kill: (signal) => process.kill(signal),
    resize: (cols, rows) => process.resize(cols, rows),
  }
}

/** Holds on to the process no longer than it lives: a time limit may be hours. */
function endWhenAborted(process: Process, signal: AbortSignal, end: () => Promise<void>): void {
  const onAbort = () => void end()
  signal.addEventListener('abort', onAbort, { once: true })
  void Promise.allSettled([
    process.exit,
    finished(process.stdout, { writable: false }),
    finished(process.stderr, { writable: false }),
  ]).then(() => signal.removeEventListener('abort', onAbort))
}
