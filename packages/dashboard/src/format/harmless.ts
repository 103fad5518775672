// An agent chooses these strings. Markup is inert because they are only ever rendered as text; what is
// left are characters that make text look like other text: escape sequences, bidirectional overrides,
// zero-width letters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const terminalSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const deceptive = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/g

/** Text that shows what it is: colours dropped, every invisible or reordering character spelled out. */
export function harmless(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(terminalSequence, '')
    .replace(deceptive, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
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
