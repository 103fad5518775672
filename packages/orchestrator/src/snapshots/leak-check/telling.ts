import { shortest } from '../../fingerprints/fingerprints.ts'
import type { StrategyName } from '../../masking/masking.ts'

/**
 * How much it says when a masked value stands somewhere else too.
 * `registered`: a secret that the operator named, wherever it comes from.
 * `telling`: an address or a secret, which nothing makes up by chance. `personal`: of one person, but
 * the masker may come upon another's. `person`: a whole name, which others may bear. `name`: belongs to
 * somebody, and to others. `word`: anybody's.
 */
export const weights = ['word', 'name', 'person', 'personal', 'telling', 'registered'] as const
export type Weight = (typeof weights)[number]

/** What a value of a column masked this way weighs; null when it is not worth looking for. */
export function weigh(strategy: StrategyName, value: Uint8Array): Weight | null {
  if (value.length < shortest || isMonotonous(value)) return null
  return weighers[strategy]?.(value) ?? null
}

type Weigher = (value: Uint8Array) => Weight | null

const byLook: Weigher = (value) => {
  if (looksLikeEmail(value)) return 'telling'
  if (looksLikeToken(value)) return 'telling'
  if (looksLikePhone(value)) return 'personal'
  return value.length >= 24 ? 'name' : 'word'
}
const always =
  (weight: Weight): Weigher =>
  () =>
    weight

/** Numbers and dates are left out: in the files they are no text, and in text they are anybody's. */
const weighers: Partial<Record<StrategyName, Weigher>> = {
  email: (value) => (looksLikeEmail(value) ? 'telling' : 'word'),
  secret: (value) => (value.length >= 12 ? 'telling' : 'word'),
  phone: (value) => (digitsIn(value) >= 9 ? 'personal' : null),
  address: (value) => (value.length >= 10 && digitsIn(value) > 0 ? 'personal' : 'name'),
  full_name: (value) => (value.length >= 9 && value.includes(32) ? 'person' : 'name'),
  username: always('name'),
  ip: always('name'),
  url: always('name'),
  uuid: always('name'),
  first_name: always('word'),
  last_name: always('word'),
  company: always('word'),
  city: always('word'),
  postcode: always('word'),
  enum: always('word'),
  text: byLook,
  null: byLook,
  json: byLook,
  bytes: byLook,
}

/** `0000000000` and `xyxyxyxy` stand everywhere: fewer than four different bytes. */
function isMonotonous(value: Uint8Array): boolean {
  const first = value[0]
  let second = first
  let third = first
  for (let at = 1; at < value.length; at++) {
    const byte = value[at]
    if (byte === first || byte === second || byte === third) continue
    if (second === first) second = byte
    else if (third === first) third = byte
    else return false
  }
  return true
}

function looksLikeEmail(value: Uint8Array): boolean {
  let sign = -1
  let dot = -1
  for (let at = 0; at < value.length; at++) {
    const byte = value[at]
    if (byte === 32) return false
    if (byte === 64 && sign < 0) sign = at
    if (byte === 46 && sign > 0 && dot < 0) dot = at
  }
  return sign > 0 && dot > sign + 1
}

/** One word of letters and digits mixed, too long for anything a person would choose. */
function looksLikeToken(value: Uint8Array): boolean {
  if (value.length < 20 || value.includes(32)) return false
  const digits = digitsIn(value)
  return digits >= 2 && digits < value.length - 4
}

function looksLikePhone(value: Uint8Array): boolean {
  if (value.length > 24) return false
  const digits = digitsIn(value)
  return digits >= 9 && value.length - digits <= 8 && !hasLetter(value)
}

function digitsIn(value: Uint8Array): number {
  let digits = 0
  for (let at = 0; at < value.length; at++) {
    const byte = value[at] as number
    if (byte >= 48 && byte <= 57) digits++
  }
  return digits
}

function hasLetter(value: Uint8Array): boolean {
  for (let at = 0; at < value.length; at++) {
    const lower = (value[at] as number) | 32
    if (lower >= 97 && lower <= 122) return true
  }
  return false
}
