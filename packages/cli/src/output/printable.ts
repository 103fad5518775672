/**
 * Text that a sandbox or a file had a say in, made safe for a terminal: its control characters could
 * move the cursor, write to the clipboard or hide what is shown. Line ends stay.
 */
export const printable = (text: string) =>
  text.replace(/[^\P{Cc}\n]|\p{Bidi_Control}/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `\\u{${code.toString(16)}}`
  })
