import type { LoadedCredential } from '../../config/config.ts'
import { type About, Refusal } from '../denial.ts'
import { conditions, type Rule, type Wanted } from '../rules.ts'
import { headerOf, isInPlace } from './place.ts'
import type { Placeholders } from './placeholders.ts'

/** A credential as one sandbox has it. */
export interface Brokered {
  readonly credential: LoadedCredential
  readonly placeholder: string
  /** Where it may be used. */
  readonly rule: Rule
}

/** A header of a request, by its place in the raw list, and whose value it is to hold. */
export interface Placing {
  readonly at: number
  readonly brokered: Brokered
}

export interface Sent {
  readonly want: Wanted
  readonly rawHeaders: readonly string[]
  /** As it was asked for, with its query. */
  readonly url: string
}

/**
 * Where a request has placeholders in their place. One anywhere else is an alarm: throws a `Refusal`
 * for another host, method or path, plain HTTP, a query, another header, another sandbox’s.
 */
export function placingsIn(
  { want, rawHeaders, url }: Sent,
  own: readonly Brokered[],
  placeholders: Placeholders,
): readonly Placing[] {
  if (placeholders.areIn(url)) throw misplaced(want, 'in the address')
  return rawHeaders.flatMap((value, at) => {
    const name = at % 2 === 1 ? rawHeaders[at - 1]?.toLowerCase() : undefined
    if (!placeholders.areIn(value)) return []
    if (name === undefined) throw misplaced(want, 'in a header’s name')
    const brokered = own.find(
      ({ credential: { inject }, placeholder }) =>
        headerOf(inject) === name && isInPlace(inject, value, placeholder),
    )
    if (!brokered) throw misplaced(want, `in ${name.slice(0, 40)}`)
    const broken = conditions.find(([, holds]) => !holds(brokered.rule, want))
    if (broken) throw misplaced(want, `for another ${broken[0]}`, brokered)
    return [{ at, brokered }]
  })
}

/** `where` is for the operator’s eyes: it names a place, never what stood there. */
const misplaced = (about: About, where: string, brokered?: Brokered) =>
  new Refusal('placeholder_misplaced', about, {
    alarm: 'placeholder',
    where,
    credential: brokered?.credential.name ?? null,
  })
