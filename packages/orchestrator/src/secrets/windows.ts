export interface Window {
  /** Lent until the next one is asked for. */
  readonly bytes: Buffer
  /** The line of the file that it begins in, from 1. */
  readonly firstLine: number
}

const windowBytes = 1024 ** 2
/** Longer than any secret a rule looks for, private keys included. */
const overlapBytes = 16_384

/** Not in use now: making one for every small file would cost more than looking at it. */
const spare: Buffer[] = []
/** A hundred creations at once use as many; what they used is not kept for the next hundred. */
const maxSpare = 2

/** A file as overlapping windows, so that a large one is looked at in bounded memory. */
export async function* windowsOf(content: AsyncIterable<Buffer>): AsyncGenerator<Window> {
  const window = spare.pop() ?? Buffer.allocUnsafeSlow(windowBytes)
  try {
    yield* overlapping(content, window)
  } finally {
    if (spare.length < maxSpare) spare.push(window)
  }
}

async function* overlapping(
  content: AsyncIterable<Buffer>,
  window: Buffer,
): AsyncGenerator<Window> {
  let held = 0
  let fresh = 0
  let firstLine = 1

  for await (const chunk of content) {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.copy(window, held, at)
      at += taken
      held += taken
      fresh += taken
      if (held < windowBytes) continue
      yield { bytes: window, firstLine }
      const passed = windowBytes - overlapBytes
      firstLine += linesIn(window.subarray(0, passed))
      window.copy(window, 0, passed)
      held = overlapBytes
      fresh = 0
    }
  }
  if (fresh > 0) yield { bytes: window.subarray(0, held), firstLine }
}

export function linesIn(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1
  return lines
}
