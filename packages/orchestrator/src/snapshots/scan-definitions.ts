import type { Finding } from '@stuntdouble/sdk/wire'
import type { LoadedSource } from '../config/config.ts'
import { type Registered, secretsInCode, withoutSecrets } from '../secrets/secrets.ts'
import type { SchemaScript } from '../sources/sources.ts'
import { definitionsHold } from './errors.ts'
import { holdsAddress, withoutAddresses } from './personal-shapes.ts'

interface Suspicion {
  readonly what: string
  readonly why: string
  readonly mayBeAccepted: boolean
}

/**
 * Reads every statement the copy would be made with, before anything is made. Throws `secret_found`
 * naming the objects, and never what was found; what the operator accepts becomes a finding.
 */
export async function scanDefinitions(
  { beforeData, afterData }: Pick<SchemaScript, 'beforeData' | 'afterData'>,
  { name, accept = [] }: Pick<LoadedSource, 'name' | 'accept'>,
  registered: Registered,
): Promise<Finding[]> {
  const suspicions: Suspicion[] = []
  for (const [what, sql] of byObject([...beforeData, ...afterData])) {
    const [rule] = await secretsInCode(sql)
    const reasons = rule === undefined ? [] : [`looks like a secret (${rule})`]
    if (holdsAddress(sql)) reasons.push('holds an e-mail address')
    suspicions.push(...reasons.map((why) => ({ what, why, mayBeAccepted: true })))
    const known = sightedIn(registered, sql)
    suspicions.push(...known.map((why) => ({ what, why, mayBeAccepted: false })))
  }
  const refused = suspicions.filter(
    ({ what, mayBeAccepted }) => !(mayBeAccepted && accept.includes(what)),
  )
  if (refused.length > 0)
    throw definitionsHold(
      name,
      refused.map(({ what, why }) => `${nameOf(what, registered)}: ${why}`),
    )
  return suspicions.map(({ what, why }) => ({
    severity: 'info',
    where: nameOf(what, registered),
    message: `${why}, and is accepted in stuntdouble.yaml`,
  }))
}

function byObject(statements: SchemaScript['beforeData']): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const { what, sql } of statements) texts.set(what, `${texts.get(what) ?? ''}\n${sql}`)
  return texts
}

function sightedIn(registered: Registered, text: string): string[] {
  const seen = new Set<string>()
  registered.search(Buffer.from(text), ({ name, encoding }) =>
    seen.add(`holds the registered secret "${name}", ${encoding}`),
  )
  return [...seen]
}

/** An object's name may itself be what must not be told. */
function nameOf(what: string, registered: Registered): string {
  if (sightedIn(registered, what).length > 0) return 'an object whose name must not be told'
  return withoutSecrets(withoutAddresses(what))
}
