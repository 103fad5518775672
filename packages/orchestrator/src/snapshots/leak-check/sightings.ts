import type { Finding } from '@stuntdouble/sdk/wire'
import type { SeenShape } from './shapes-seen.ts'
import { type Weight, weights } from './telling.ts'

/** Values of one masked column, or a registered secret, that were seen somewhere in the copy. */
export interface Sighting {
  /** `schema.table.column` the values came from, or which secret it is. */
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
  /** So does each of these, whatever is accepted. */
  readonly secrets: readonly string[]
  readonly findings: readonly Finding[]
}

type Known = Exclude<Weight, 'registered'>
type Judgement = 'leak' | 'warning' | 'chance'

/**
 * In a column that is kept, an address or a secret is a leak by the policy's own measure; a name may
 * be another's. In a column that is masked, it is the masker coming upon a value of its kind by
 * chance, except where nothing does. A definition is written by hand: a whole name in it is of who
 * bears it. Outside of every column only a word can be chance.
 */
const judgements: Record<Known, Record<Sighting['place'], Judgement>> = {
  telling: { kept: 'leak', masked: 'leak', schema: 'leak', outside: 'leak' },
  personal: { kept: 'leak', masked: 'chance', schema: 'leak', outside: 'leak' },
  person: { kept: 'warning', masked: 'chance', schema: 'leak', outside: 'warning' },
  name: { kept: 'warning', masked: 'chance', schema: 'warning', outside: 'warning' },
  word: { kept: 'warning', masked: 'chance', schema: 'chance', outside: 'chance' },
}

/** What stands where a person has read and `accept`ed what is there is told, and stops nothing. */
export function judge(sightings: readonly Sighting[], accept: readonly string[] = []): Verdict {
  const told = sightings.filter(isOfPeople).sort(byWeight)
  const judgementOf = (seen: SightingOfPeople) => judged(seen, accept)
  return {
    secrets: sightings.filter((seen) => !isOfPeople(seen)).map(describeSecret),
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

export function judgeShapes(
  shapes: readonly SeenShape[],
  accept: readonly string[],
): Pick<Verdict, 'leaks' | 'findings'> {
  const isAccepted = ({ where }: SeenShape) => accept.includes(where)
  return {
    leaks: shapes
      .filter((seen) => !isAccepted(seen))
      .map((seen) => `${describeShape(seen)} stand in ${seen.where} ${oftenOf(seen)}`),
    findings: shapes.filter(isAccepted).map((seen) => ({
      severity: 'warning',
      where: seen.where,
      message: `holds ${describeShape(seen)}, and is accepted in stuntdouble.yaml ${oftenOf(seen)}`,
    })),
  }
}

const describeShape = ({ what }: SeenShape) => `what looks like ${what}`

type SightingOfPeople = Sighting & { readonly weight: Known }
const isOfPeople = (seen: Sighting): seen is SightingOfPeople => seen.weight !== 'registered'

function judged({ weight, place, where }: SightingOfPeople, accept: readonly string[]): Judgement {
  const judgement = judgements[weight][place]
  return judgement === 'leak' && accept.includes(where) ? 'warning' : judgement
}

const byWeight = (left: Sighting, right: Sighting) =>
  weights.indexOf(right.weight) - weights.indexOf(left.weight) || right.times - left.times

function describe({ from, place, where, times }: Sighting): string {
  const values = `values of ${from}, which is masked,`
  const often = oftenOf({ times })
  if (place === 'kept') return `${values} also stand in ${where}, which is kept ${often}`
  if (place === 'schema') return `${values} also stand in the definition of ${where} ${often}`
  if (place === 'masked') return `${values} still stand in ${where} after masking ${often}`
  return `${values} also stand outside of every column, in ${where} ${often}`
}

/** Not how often: one place in base64 is several forms at once. */
function describeSecret({ from, place, where }: Sighting): string {
  if (place === 'schema') return `${from} stands in the definition of ${where}`
  if (place === 'outside') return `${from} stands outside of every column, in ${where}`
  return `${from} stands in ${where}`
}

const oftenOf = ({ times }: { readonly times: number }) =>
  times === 1 ? '(once)' : `(${times} times)`
