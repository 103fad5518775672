import type { ProcessOutputPage, ProcessOutputQuery } from '@stuntdouble/sdk/wire'
import type { BackgroundProcess } from './background-process.ts'

interface Wanted extends Pick<ProcessOutputQuery, 'stdout' | 'stderr' | 'waitMs'> {
  /** Of each stream, at most. */
  readonly pageBytes: number
}

/** What a process said from these offsets on, as far as a page goes. */
export async function outputPage(
  process: BackgroundProcess,
  { stdout, stderr, waitMs, pageBytes }: Wanted,
  signal: AbortSignal,
): Promise<ProcessOutputPage> {
  const enough = AbortSignal.any([signal, AbortSignal.timeout(waitMs)])
  if (waitMs > 0) await process.more({ stdout, stderr }, enough)
  const { view } = process
  return {
    process: view,
    stdout: page(process, 'stdout', { from: stdout, pageBytes }),
    stderr: page(process, 'stderr', { from: stderr, pageBytes }),
  }
}

interface Place {
  readonly from: number
  readonly pageBytes: number
}

function page(
  { output, view }: BackgroundProcess,
  name: 'stdout' | 'stderr',
  { from, pageBytes }: Place,
) {
  const { bytes, offset, dropped } = output[name].read(from, pageBytes)
  const last = offset + bytes.length === output[name].kept.to && view.state !== 'running'
  const whole = last ? bytes : bytes.subarray(0, bytes.length - tornAtEnd(bytes))
  return { text: whole.toString('utf8'), dropped, next: offset + whole.length }
}

/** How many bytes at the end begin a character whose rest has not come. */
export function tornAtEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < lengthOf(byte) ? back : 0
  }
  return 0
}

const lengthOf = (lead: number) => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2)
