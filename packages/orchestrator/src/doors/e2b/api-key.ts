import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * E2B_API_KEY of this installation, in the form that E2B’s packages know. Derived from the operator’s
 * key, which it does not tell: it opens this face alone.
 */
export const e2bKeyOf = (apiKey: string): string =>
  `e2b_${createHmac('sha256', apiKey).update('e2b').digest('hex').slice(0, 40)}`

export const isSameKey = (given: string, key: string): boolean =>
  timingSafeEqual(digest(given), digest(key))

const digest = (text: string) => createHash('sha256').update(text).digest()
