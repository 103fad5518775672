import { createHmac } from 'node:crypto'
import { type Search, searchFor } from './search.ts'
import { holds } from './sieve.ts'
import { usualForms } from './usual-forms.ts'

/** What stands for a credential inside. Worth nothing anywhere but in its own sandbox’s requests. */
export interface Placeholders {
  /** The same for as long as the sandbox lives, whichever process is asked. */
  of(sandbox: string, credential: string): string
  /** Finds any placeholder of this installation, its own and others’. */
  readonly search: Search
  areIn(text: string): boolean
}

/** Derived, so that there is nothing to store; they all begin alike, so that one search finds them. */
export function createPlaceholders(key: Buffer): Placeholders {
  const derived = (text: string, digits: number) =>
    createHmac('sha256', key).update(`placeholder\0${text}`).digest('hex').slice(0, digits)
  const beginning = `sdplaceholder_${derived('', 12)}`
  const search = searchFor(usualForms(beginning))
  return {
    of: (sandbox, credential) => `${beginning}_${derived(`${sandbox}\0${credential}`, 24)}`,
    search,
    areIn: (text) => holds(search, text),
  }
}
