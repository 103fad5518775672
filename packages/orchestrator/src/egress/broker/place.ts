import type { Placement } from '@stuntdouble/sdk/wire'

/** The header that holds a credential, in lower case. */
export const headerOf = (inject: Placement): string =>
  typeof inject === 'object' && 'header' in inject ? inject.header : 'authorization'

/** What stands in it. */
export function headerValue(inject: Placement, value: string): string {
  if (inject === 'bearer') return `Bearer ${value}`
  if ('header' in inject) return value
  return `Basic ${Buffer.from(`${inject.basic}:${value}`).toString('base64')}`
}

/** Whether it holds the placeholder as it would hold the value. The user of Basic may be any. */
export function isInPlace(inject: Placement, text: string, placeholder: string): boolean {
  if (inject !== 'bearer' && 'header' in inject) return text === placeholder
  const [, scheme = '', rest = ''] = /^(\S+) +(\S+)$/.exec(text) ?? []
  if (inject === 'bearer') return scheme.toLowerCase() === 'bearer' && rest === placeholder
  if (scheme.toLowerCase() !== 'basic') return false
  const decoded = Buffer.from(rest, 'base64').toString('latin1')
  return decoded.slice(decoded.indexOf(':') + 1) === placeholder && decoded.includes(':')
}

/** For people: where the placeholder is to stand. */
export function placeOf(inject: Placement): string {
  if (inject === 'bearer') return 'authorization: Bearer'
  return 'header' in inject ? inject.header : 'authorization: Basic'
}
