import { bounds, type Measure, type Sample } from './soak-sample.ts'
import { median } from './statistics.ts'

export interface Growth {
  readonly what: Measure
  readonly first: number
  readonly last: number
  /** Between both: in all, or for each cycle where its bound is for each. */
  readonly by: number
  readonly allowed: number
  readonly isWithin: boolean
}

/** Of the first fifth and the last the floor: a leak raises it, and a busy moment does not. */
export function growthOf(samples: readonly Sample[]): readonly Growth[] {
  const fifth = Math.ceil(samples.length / 5)
  const [early, late] = [samples.slice(0, fifth), samples.slice(-fifth)]
  const cycles = cycleOf(late) - cycleOf(early)
  return (Object.keys(bounds) as Measure[]).map((what) => {
    const { most: allowed, each } = bounds[what]
    const [first, last] = [floorOf(early, what), floorOf(late, what)]
    const by = each === 'cycle' ? (last - first) / Math.max(1, cycles) : last - first
    return { what, first, last, by, allowed, isWithin: by <= allowed }
  })
}

const floorOf = (samples: readonly Sample[], what: Measure) =>
  Math.min(...samples.map((sample) => sample[what]))

const cycleOf = (samples: readonly Sample[]) => median(samples.map(({ cycle }) => cycle))
