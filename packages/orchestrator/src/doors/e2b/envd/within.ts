import { pause } from '../../../lib/every.ts'

/** What comes within so many milliseconds; undefined where nothing does. */
export async function within<Value>(value: Promise<Value>, ms: number): Promise<Value | undefined> {
  const settled = new AbortController()
  try {
    return await Promise.race([value, pause(ms, settled.signal).then(() => undefined)])
  } finally {
    settled.abort()
  }
}
