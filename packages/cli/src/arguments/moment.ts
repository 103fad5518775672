import { InvalidArgumentError } from 'commander'

/** `2026-01-31T18:00:00Z`, or without `Z` by this machine’s own clock. */
export function moment(text: string): Date {
  const at = new Date(text)
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && !Number.isNaN(at.getTime())) return at
  throw new InvalidArgumentError('Write a moment such as 2026-01-31T18:00:00Z.')
}
