export interface TextWindow {
  readonly text: string
  /** The line of the file that the text begins in, from 1. */
  readonly firstLine: number
}

const windowBytes = 1024 ** 2
/** Longer than any secret a rule looks for, private keys included. */
const overlapBytes = 16_384

/** A file as overlapping texts, so that a large one is looked at in bounded memory. */
export async function* textWindows(content: AsyncIterable<Buffer>): AsyncGenerator<TextWindow> {
  let held: Buffer = Buffer.alloc(0)
  let firstLine = 1

  for await (const chunk of content) {
    held = Buffer.concat([held, chunk])
    if (held.length < windowBytes) continue
    yield { text: textOf(held), firstLine }
    const passed = held.subarray(0, held.length - overlapBytes)
    firstLine += linesIn(passed)
    held = held.subarray(passed.length)
  }
  if (held.length > 0) yield { text: textOf(held), firstLine }
}

/** What is not UTF-8 is read byte by byte without its zeros: UTF-16 and databases hold secrets too. */
function textOf(bytes: Buffer): string {
  return bytes.includes(0) ? bytes.toString('latin1').replaceAll('\0', '') : bytes.toString('utf8')
}

function linesIn(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1
  return lines
}
