/** The beginning and the end of a text that is too long to be read whole. */
export interface Excerpt {
  readonly text: string
  /** What is missing in the middle; 0 when it is whole. */
  readonly omittedBytes: number
}

/** A third of what is kept is the beginning: what failed mostly says so at the end. */
export function excerpt(whole: string, mostCharacters: number): Excerpt {
  if (whole.length <= mostCharacters) return { text: whole, omittedBytes: 0 }
  const head = wholeCharacters(whole.slice(0, Math.floor(mostCharacters / 3)))
  const tail = fromWholeCharacter(whole.slice(whole.length - (mostCharacters - head.length)))
  const omittedBytes = bytesOf(whole) - bytesOf(head) - bytesOf(tail)
  return { text: `${head}\n[… ${omittedBytes} bytes left out …]\n${tail}`, omittedBytes }
}

const wholeCharacters = (text: string) => text.replace(/[\uD800-\uDBFF]$/, '')
const fromWholeCharacter = (text: string) => text.replace(/^[\uDC00-\uDFFF]/, '')
const bytesOf = (text: string) => new TextEncoder().encode(text).length
