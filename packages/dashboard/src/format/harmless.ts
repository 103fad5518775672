// An agent chooses these strings. Markup is inert because they are only ever rendered as text; what is
// left are characters that make text look like other text: escape sequences, bidirectional overrides,
// zero-width letters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const terminalSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/g
// Every control and format character, and what ends lines outside ASCII; tab and line feed are honest.
const deceptive = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Text that shows what it is: colours dropped, every invisible or reordering character spelled out. */
export function harmless(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(terminalSequence, '')
    .replace(deceptive, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

export interface Clipped {
  readonly text: string
  /** How many lines or characters are not shown. */
  readonly hidden: number
}

/** The last lines: the end of a command’s output is what says how it went. */
export function lastLines(text: string, count: number): Clipped {
  const lines = text.replace(/\n+$/, '').split('\n')
  return { text: lines.slice(-count).join('\n'), hidden: Math.max(0, lines.length - count) }
}

export function firstCharacters(text: string, count: number): Clipped {
  return { text: text.slice(0, count), hidden: Math.max(0, text.length - count) }
}
