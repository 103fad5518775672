import {
  type EntryPolicy,
  type KeyAnswer,
  parseFilePolicy,
  parseKeyPolicy,
} from './entry-policy.ts'
import { groupNames, type NameGroup } from './group-names.ts'
import { shapeOfName } from './name-shape.ts'
import { groupPaths, legiblePath, shapeOfPath } from './paths.ts'
import { type ProposedFiles, proposeFiles } from './propose-files.ts'
import { proposeValues, type SampledKeys } from './propose-keys.ts'

/** How the entries of a kind of store are named and answered for. */
export interface NameStyle {
  /** What its entries are called in messages and stand under in names of columns. */
  readonly called: 'keys' | 'files'
  /** A name without what it may tell of somebody. */
  shapeOf(name: Buffer): string
  /** A name of the copy as a text to be searched for people. */
  legible(name: Buffer): Buffer
  /** Finds the patterns of names. */
  group(names: readonly Buffer[]): readonly NameGroup[]
  /** An answer for what the entries of a pattern hold. */
  propose(sampled: SampledKeys): ProposedFiles
  /** Reads a masking.yaml. Throws `config_invalid` naming file, line, pattern and what is allowed. */
  parse(text: string, file: string): EntryPolicy<KeyAnswer>
}

/** Such as `session:anna@example.com:cart`. */
export const keyNames: NameStyle = {
  called: 'keys',
  shapeOf: (name) => shapeOfName(name, ':'),
  legible: (name) => name,
  group: (names) => groupNames(names, ':'),
  propose: (sampled) => ({ values: proposeValues(sampled) }),
  parse: parseKeyPolicy,
}

/** Paths below a directory, such as `avatars/anna.png`. */
export const fileNames: NameStyle = {
  called: 'files',
  shapeOf: shapeOfPath,
  legible: legiblePath,
  group: groupPaths,
  propose: proposeFiles,
  parse: parseFilePolicy,
}
