import { InvalidArgumentError } from 'commander'

/** `NAME=value`, collected over every time it is given. The value may hold anything, `=` too. */
export function environmentVariable(
  text: string,
  earlier: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('Write NAME=value.')
  }
  return { ...earlier, [name]: value }
}
