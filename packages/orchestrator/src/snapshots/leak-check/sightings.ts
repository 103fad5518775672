import type { Finding } from '@stuntdouble/sdk/wire'
import { type Weight, weights } from './telling.ts'

/** Values of one masked column that were seen somewhere in the copy. */
export interface Sighting {
  /** `schema.table.column` the values came from. */
  readonly from: string
  readonly weight: Weight
  readonly place: 'kept' | 'masked' | 'schema' | 'outside'
  /** `schema.table.column`, an object such as `function public.f()`, or a file of the cluster. */
  readonly where: string
  readonly times: number
}

export interface Verdict {
  /** Each stops the seal. */
  readonly leaks: readonly string[]
  readonly findings: readonly Finding[]
}

type Judgement = 'leak' | 'warning' | 'chance'

/**
 * In a column that is kept, an address or a secret is a leak by the policy's own measure; a name may
 * be another's. In a column that is masked, it is the masker coming upon a value of its kind by
 * chance, except where nothing does. Outside of every column only a word can be chance.
 */
const judgements: Record<Weight, Record<Sighting['place'], Judgement>> = {
  telling: { kept: 'leak', masked: 'leak', schema: 'leak', outside: 'leak' },
  personal: { kept: 'leak', masked: 'chance', schema: 'leak', outside: 'leak' },
  name: { kept: 'warning', masked: 'chance', schema: 'warning', outside: 'warning' },
  word: { kept: 'warning', masked: 'chance', schema: 'chance', outside: 'chance' },
}

export function judge(sightings: readonly Sighting[]): Verdict {
  const told = [...sightings].sort(byWeight)
  return {
    leaks: told.filter((seen) => judgementOf(seen) === 'leak').map(describe),
    findings: told
      .filter((seen) => judgementOf(seen) === 'warning')
      .map((seen) => ({
        severity: seen.weight === 'word' ? 'info' : 'warning',
        where: seen.from,
        message: describe(seen),
      })),
  }
}

const judgementOf = ({ weight, place }: Sighting) => judgements[weight][place]

const byWeight = (left: Sighting, right: Sighting) =>
  weights.indexOf(right.weight) - weights.indexOf(left.weight) || right.times - left.times

function describe({ from, place, where, times }: Sighting): string {
  const values = `values of ${from}, which is masked,`
  const often = times === 1 ? 'once' : `${times} times`
  if (place === 'kept') return `${values} also stand in ${where}, which is kept (${often})`
  if (place === 'schema') return `${values} also stand in the definition of ${where} (${often})`
  if (place === 'masked') return `${values} still stand in ${where} after masking (${often})`
  return `${values} also stand outside of every column, in ${where} (${often})`
}
