import type { StrategyName } from '../shapes.ts'
import { isCardNumber, isIban } from './checksums.ts'
import { givenNames } from './given-names.ts'

/** A kind of value that shows by itself, what answers for it, and how many of a column must show it. */
interface Detector {
  readonly what: string
  readonly answer: StrategyName
  readonly share: number
  readonly test: (text: string) => boolean
}

const detectors: readonly Detector[] = [
  {
    what: 'e-mail addresses',
    answer: 'email',
    share: 0.3,
    test: (text) => emailPattern.test(text),
  },
  { what: 'bank accounts', answer: 'secret', share: 0.3, test: isIban },
  { what: 'card numbers', answer: 'secret', share: 0.5, test: isCardNumber },
  { what: 'signed tokens', answer: 'secret', share: 0.1, test: (text) => jwtPattern.test(text) },
  { what: 'keys', answer: 'secret', share: 0.1, test: (text) => keyPattern.test(text) },
  {
    what: 'links',
    answer: 'url',
    share: 0.5,
    test: (text) => /^(?:https?|ftp):\/\/\S+$/i.test(text),
  },
  { what: 'IP addresses', answer: 'ip', share: 0.5, test: isIp },
  { what: 'UUIDs', answer: 'uuid', share: 0.8, test: (text) => uuidPattern.test(text) },
  { what: 'tokens', answer: 'secret', share: 0.5, test: isRandom },
  { what: 'phone numbers', answer: 'phone', share: 0.6, test: isPhone },
  { what: 'street addresses', answer: 'address', share: 0.4, test: isStreet },
  { what: 'names of people', answer: 'full_name', share: 0.25, test: isPerson },
]

const emailPattern = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/
const uuidPattern = /^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/i
const jwtPattern = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*$/
const keyPattern =
  /^(?:[srp]k_(?:live|test)_\w{8,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|AKIA[0-9A-Z]{16}|xox[abpr]-[\w-]{8,}|AIza[\w-]{30,}|glpat-[\w-]{16,}|npm_\w{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|whsec_\w{8,}|\$2[aby]\$\d\d\$.{53}|\$argon2\w+\$.+|-----BEGIN [A-Z ]+-----[\s\S]*)$/
const streetWords =
  /\b(?:street|str|st|road|rd|avenue|ave|av|lane|ln|drive|dr|way|boulevard|blvd|court|ct|square|place|parkway|loop|manor|rue|calle|avenida|rua|via|viale|piazza|plaza|straat|laan|weg|platz|allee|gasse|ulica)\b|stra(?:ss|ß)e|gatan|straat/iu

export interface ContentGuess {
  readonly what: string
  readonly answer: StrategyName
  readonly share: number
}

/** What enough of the values look like; the more telling kinds are asked first. */
export function guessByContent(values: readonly string[]): ContentGuess | undefined {
  if (values.length === 0) return undefined
  for (const { what, answer, share: wanted, test } of detectors) {
    const share = values.filter((value) => test(value.trim())).length / values.length
    if (share >= wanted) return { what, answer, share }
  }
  return undefined
}

function isIp(text: string): boolean {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/\d+)?$/.exec(text)
  if (octets) return octets.slice(1).every((octet) => Number(octet) < 256)
  return /^(?=(?:.*:){2})[0-9a-f:.]+(?:\/\d+)?$/i.test(text) && !/^\d\d:\d\d:\d\d$/.test(text)
}

function isPhone(text: string): boolean {
  if (!/^\+?[\d\s()./-]{7,24}$/.test(text) || /^\d{4}-\d\d-\d\d$/.test(text)) return false
  const digits = text.replaceAll(/\D/g, '').length
  return digits >= 7 && digits <= 15 && (digits < text.length || digits >= 9)
}

function isStreet(text: string): boolean {
  return text.length < 120 && /\d/.test(text) && streetWords.test(text)
}

/** A known given name among one to four capitalised words, as in `Ana de Souza` or `SOUZA, ANA`. */
export function isPerson(text: string): boolean {
  const words = text.split(/[\s,]+/).filter((word) => word !== '')
  if (words.length === 0 || words.length > 4 || !/^[\p{Lu}]/u.test(text)) return false
  if (!words.every((word) => /^[\p{L}.'’-]+$/u.test(word))) return false
  return words.some((word) => givenNames.has(plainWord(word)))
}

function plainWord(word: string): string {
  return word.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** 20 characters or more without a space, with figures, and close to random: 3.5 bits for each (hex: 3). */
function isRandom(text: string): boolean {
  if (!/^[\w+/=.:~-]{20,}$/.test(text) || !/\d/.test(text) || !/[a-z]/i.test(text)) return false
  return entropyOf(text) >= (/^[0-9a-f]+$/i.test(text) ? 3 : 3.5)
}

/** Shannon's, in bits for each character. */
function entropyOf(text: string): number {
  const counts = Map.groupBy(text, (character) => character)
  let bits = 0
  for (const { length } of counts.values()) {
    const share = length / text.length
    bits -= share * Math.log2(share)
  }
  return bits
}
