import type { Production } from '../lib/production.ts'

/** What must never be seen inside: real identities, real secrets, the way to production. */
export interface CrownJewels {
  /** The ones that occur in a text. */
  in(text: string): readonly string[]
}

const identities = `
  SELECT email AS value FROM people
  UNION SELECT email FROM customers
  UNION SELECT billing_email FROM organisations
  UNION SELECT password_hash FROM people
  UNION SELECT secret FROM api_keys
  UNION SELECT token FROM sessions
  UNION SELECT iban FROM invoices
  UNION SELECT settings #>> '{smtp,password}' FROM organisations
  UNION SELECT settings ->> 'webhook' FROM organisations`

/** Words as such values are written; a value is a word, so a text is searched in one pass. */
const word = /[\w$.+:/@-]{8,}/g

export async function crownJewelsOf(production: Production): Promise<CrownJewels> {
  const rows = await production.query<{ value: string }>(identities)
  const real = new Set(rows.map(({ value }) => value))
  const secrets = [new URL(production.url), new URL(production.adminUrl)].map((url) => url.password)
  return {
    in: (text) => [
      ...[...text.matchAll(word)]
        .flatMap(([found]) => spellings(found))
        .filter((it) => real.has(it)),
      ...secrets.filter((secret) => text.includes(secret)).map(() => 'a password of production'),
    ],
  }
}

/** As it stands, and without the full stop or colon of a sentence. */
const spellings = (found: string) => [found, found.replace(/[.:,]+$/, '')]
