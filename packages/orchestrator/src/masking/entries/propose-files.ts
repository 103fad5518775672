import { type ProposedValue, proposeValues, type SampledKeys } from './propose-keys.ts'
import type { StandIn } from './stand-in.ts'

export interface ProposedFiles {
  readonly standIn?: StandIn
  readonly values: readonly ProposedValue[]
}

/**
 * An answer for what the files of a pattern hold. What is kept of a picture or an unknown type cannot
 * be looked into, so none of these is proposed to be kept.
 */
export function proposeFiles(sampled: SampledKeys): ProposedFiles {
  const { pattern } = sampled
  if (/\.json$/i.test(pattern)) return { values: documents(sampled) }
  if (/\.(txt|md|log|eml)$/i.test(pattern)) return { values: [prose] }
  return { standIn: 'placeholder', values: [] }
}

const prose: ProposedValue = {
  ...{ field: null, strategy: { name: 'text' }, unsure: false },
  reason: 'files of text',
}

function documents(sampled: SampledKeys): readonly ProposedValue[] {
  const proposed = proposeValues(sampled)
  return proposed.every(({ strategy }) => strategy.name === 'json') ? proposed : [prose]
}
