import { held, type Judgement, notTried } from './attack.ts'

/** What must not be inside, by names that may be told. Never sent there: what comes out is searched for it. */
export type KnownSecrets = Readonly<Record<string, string>>

const secretName = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|DSN|URL)$/

/** Shorter ones would be found in any text. */
const shortest = 8

/** The environment’s secrets, by the names they usually have; of an address its password. */
export const secretsOf = (env: Readonly<Record<string, string | undefined>>): KnownSecrets =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value = '']) => {
      const secret = secretName.test(name) ? passwordIn(value) : ''
      return secret.length >= shortest ? [[name, secret]] : []
    }),
  )

function passwordIn(value: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return value
  return URL.canParse(value) ? decodeURIComponent(new URL(value).password) : ''
}

/** Of a search whose own finding shows that it works. */
export function judgeLoot(output: string, known: KnownSecrets): Judgement {
  const found = Object.keys(known).filter((name) => output.includes(known[name] ?? name))
  if (found.length > 0) return { outcome: 'through', said: found.join('; ') }
  return output.split('\n').includes('CONTROL') ? held : notTried('the search does not work here')
}
