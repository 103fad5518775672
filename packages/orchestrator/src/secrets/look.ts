import { setImmediate as turn } from 'node:timers/promises'
import type { Findings } from './findings.ts'
import type { Registered } from './registered.ts'
import { suspectsIn } from './rules.ts'
import { linesIn, type Window, windowsOf } from './windows.ts'

export interface Looker {
  readonly registered: Registered
  readonly findings: Findings
  readonly signal: AbortSignal
}

/** Reads a content to its end, looking for registered secrets alone. */
export async function lookForRegistered(
  looker: Looker,
  file: string,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  for await (const window of windowsOf(content)) {
    looker.signal.throwIfAborted()
    searchWindow(looker, file, window)
    await turn()
  }
}

/** Reads a content to its end, looking for registered secrets and for what looks like one. */
export async function lookThrough(
  looker: Looker,
  file: string,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  const { findings, signal } = looker
  for await (const window of windowsOf(content)) {
    const { bytes, firstLine } = window
    signal.throwIfAborted()
    searchWindow(looker, file, window)
    for (const { rule, line, text } of await suspectsIn(file, withoutZeros(bytes))) {
      findings.add({ file, line: firstLine + line, what: `looks like a secret (${rule})`, text })
    }
    // What comes from memory would never let anybody else have a turn.
    await turn()
  }
}

function searchWindow(
  { registered, findings }: Looker,
  file: string,
  { bytes, firstLine }: Window,
): void {
  registered.search(bytes, ({ name, encoding, start }) => {
    const line = firstLine + linesIn(bytes.subarray(0, start))
    const what = `holds the registered secret "${name}", ${encoding}`
    findings.add({ file, line, what, text: `${name}\0${encoding}` })
  })
}

/** UTF-16 and databases hold secrets too. */
function withoutZeros(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return bytes
  const rest = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    rest[length] = byte
    if (byte !== 0) length++
  }
  return rest.subarray(0, length)
}
