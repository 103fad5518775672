/**
 * Control characters, and what is not seen or turns the order of what is: a terminal obeys them, and a
 * reader is deceived by them. Joiners stay, since scripts and emoji need them.
 */
const deceiving =
  /[^\P{Cc}\n\t]|\p{Bidi_Control}|[\u2028\u2029\u200b\u2060-\u2064\ufeff]|[\u{e0000}-\u{e007f}]/gu

const hex = (character: string) => (character.codePointAt(0) ?? 0).toString(16)

/**
 * Text that a sandbox or a file had a say in, made safe for a terminal: its control characters could
 * move the cursor, write to the clipboard or hide what is shown. Line ends and tabs stay.
 */
export const printable = (text: string) =>
  text.replace(deceiving, (character) => `\\u{${hex(character)}}`)

/** A name, on one line whatever is in it. */
export const printableName = (name: string) =>
  printable(name).replace(/[\n\t]/g, (character) => (character === '\n' ? '\\n' : '\\t'))

/** JSON that says the same and does nothing to a terminal: it leaves more unescaped than is safe there. */
export const printableJson = (value: unknown) =>
  JSON.stringify(value).replace(deceiving, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  )

/** The same for bytes as they come. */
export async function* printableChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of chunks) yield printable(decoder.decode(chunk, { stream: true }))
  yield printable(decoder.decode())
}
