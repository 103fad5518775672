import { createHash } from 'node:crypto'

export interface Person {
  readonly name: string
  readonly email: string
  readonly phone: string
  readonly address: string
}

/** The same people and secrets for the same name, and others for every other. */
export class Invented {
  readonly #name: string
  #drawn = 0

  constructor(name: string) {
    this.#name = name
  }

  people(count: number): Person[] {
    return Array.from({ length: count }, () => this.#person())
  }

  emails(count: number): string[] {
    return this.people(count).map(({ email }) => email)
  }

  /** Of the kinds that services hand out, and passwords that people choose. */
  secrets(count: number): string[] {
    return Array.from(
      { length: count },
      (_, at) => secretKinds[at % secretKinds.length]?.(this) ?? '',
    )
  }

  below(limit: number): number {
    const hash = createHash('sha256')
      .update(`${this.#name} ${this.#drawn++}`)
      .digest()
    return hash.readUInt32BE(0) % limit
  }

  characters(length: number, alphabet: string): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join('')
  }

  #person(): Person {
    const first = this.#of(firstNames)
    const last = capital(`${this.#of(syllables)}${this.#of(syllables)}${this.#of(syllables)}`)
    const number = this.characters(3, digits)
    return {
      name: `${first} ${last}`,
      email: `${first}.${last}${number}@${this.#of(hosts)}`.toLowerCase(),
      phone: `+49 30 ${this.characters(9, digits)}`,
      address: `${this.below(900) + 10} ${capital(this.#of(syllables))}${this.#of(syllables)}${last.toLowerCase()} Street`,
    }
  }

  #of(words: readonly string[]): string {
    return words[this.below(words.length)] ?? ''
  }
}

const digits = '0123456789'
const letters = 'abcdefghijklmnopqrstuvwxyz'
const mixed = letters + letters.toUpperCase() + digits

const secretKinds: readonly ((from: Invented) => string)[] = [
  (from) => `sk_live_${from.characters(24, mixed)}`,
  (from) => `AKIA${from.characters(16, `${letters.toUpperCase()}234567`)}`,
  (from) => `ghp_${from.characters(36, mixed)}`,
  (from) => `postgres://ledger:${from.characters(18, mixed)}@db.internal:5432/ledger`,
  (from) =>
    `xoxb-${from.characters(12, digits)}-${from.characters(12, digits)}-${from.characters(24, mixed)}`,
]

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const firstNames =
  'Anna Maria Peter Thomas Laura Daniel Sofia Martin Julia Michael Elena David'.split(' ')
const hosts = ['brandolin.net', 'posteo-nord.de', 'kestrelmail.org', 'vantrex.io']
const syllables =
  'bra dol tin ker mos vel zan rup hol sta gri fen qua lim nor wex yar pod cul jas tov mer nik sul'.split(
    ' ',
  )
