import type { ProcessOutputLine } from '@stuntdouble/sdk/wire'
import type { Output } from './output.ts'
import type { Pulse } from './pulse.ts'

const pieceBytes = 64 * 1024
const streams = ['stdout', 'stderr'] as const

export interface Offsets {
  readonly stdout: number
  readonly stderr: number
}

/** What a process says, for those who read it while it runs. */
export interface Followed {
  readonly output: Readonly<Record<keyof Offsets, Output>>
  /** Beats with each change of it. */
  readonly changed: Pulse
  /** What is told at last; undefined while it runs. */
  readonly lastLine: () => ProcessOutputLine | undefined
}

/** Where to begin, and whether to wait for what is not there yet. */
export interface From extends Offsets {
  readonly wait: boolean
}

/** Everything from there on, until the process has ended or the signal aborts. */
export async function* follow(
  { output, changed, lastLine }: Followed,
  from: From,
  signal: AbortSignal,
): AsyncGenerator<ProcessOutputLine, void, undefined> {
  using stdout = output.stdout.follow(from.stdout)
  using stderr = output.stderr.follow(from.stderr)
  const followers = { stdout, stderr }
  signal.addEventListener('abort', changed.beat, { once: true })
  while (!signal.aborted) {
    const next = changed.next
    const last = lastLine()
    let silent = true
    for (const type of streams) {
      const { bytes, offset, dropped } = followers[type].read(pieceBytes)
      if (dropped > 0) yield { type: 'dropped', stream: type, bytes: dropped }
      if (bytes.length > 0) yield { type, offset, data: bytes.toString('base64') }
      silent &&= bytes.length === 0
    }
    if (silent && last) return yield last
    if (silent && !from.wait) return
    if (silent) await next
  }
}

/** Resolves when there is more than these offsets, the process has ended, or the signal aborts. */
export async function more(
  { output, changed, lastLine }: Followed,
  than: Offsets,
  signal: AbortSignal,
): Promise<void> {
  signal.addEventListener('abort', changed.beat, { once: true })
  while (!signal.aborted && lastLine() === undefined) {
    const next = changed.next
    if (streams.some((name) => output[name].kept.to > than[name])) return
    await next
  }
}
