export interface TextWindow {
  readonly text: string
  /** The line of the file that the text begins in, from 1. */
  readonly firstLine: number
}

const windowBytes = 1024 ** 2
/** Longer than any secret a rule looks for, private keys included. */
const overlapBytes = 16_384

/** A file as overlapping texts, so that a large one is looked at in bounded memory. A binary one yields none. */
export async function* textWindows(content: AsyncIterable<Buffer>): AsyncGenerator<TextWindow> {
  let held: Buffer = Buffer.alloc(0)
  let firstLine = 1
  let binary = false

  for await (const chunk of content) {
    if (binary) continue
    held = Buffer.concat([held, chunk])
    binary = held.subarray(0, 8192).includes(0)
    if (binary || held.length < windowBytes) continue
    yield { text: held.toString('utf8'), firstLine }
    const passed = held.subarray(0, held.length - overlapBytes)
    firstLine += linesIn(passed)
    held = held.subarray(passed.length)
  }
  if (!binary && held.length > 0) yield { text: held.toString('utf8'), firstLine }
}

function linesIn(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1
  return lines
}
