import { parseDuration } from '@stuntdouble/sdk/wire'
import { InvalidArgumentError } from 'commander'

/** `90s`, `45m`, `1h30m`: kept as written, for the server reads it the same way. */
export function duration(text: string): string {
  if ((parseDuration(text) ?? 0) > 0) return text
  throw new InvalidArgumentError('Write a duration such as 90s, 45m or 2h.')
}

export const milliseconds = (text: string) => (parseDuration(duration(text)) ?? 0) * 1000
