/** One word is a line for bash; several are run as they are. */
export type CommandLine = string | readonly string[]

/** None where there is no word. */
export function commandLine(words: readonly string[]): CommandLine | null {
  const [first, ...others] = words
  if (first === undefined) return null
  return others.length === 0 ? first : words
}
