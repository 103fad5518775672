/**
 * Masking: from names, types and samples to a reviewed policy, and from a policy to masked rows. Pure:
 * no I/O, no clock, no chance. The same key and input give the same output, everywhere.
 */

export { type CopyMasker, compileMasker, type MaskerRequest } from './copy-text/copy-masker.ts'
export {
  type EntryPolicy,
  type KeyAnswer,
  parseKeyPolicy,
  ruleFor,
} from './entries/entry-policy.ts'
export type { NameGroup } from './entries/group-names.ts'
export {
  type AnsweredKey,
  compileKeyMasker,
  type KeyMasker,
  type KeyPart,
  type MaskedPlace,
  UnansweredField,
} from './entries/key-masker.ts'
export { type KeyTable, keyTables } from './entries/key-tables.ts'
export { shapeOfName } from './entries/name-shape.ts'
export { fileNames, keyNames, type NameStyle } from './entries/name-style.ts'
export { type ProposedKeys, renderKeyPolicy } from './entries/render-keys.ts'
export { standInFor } from './entries/stand-in.ts'
export { type PolicyProblem, policyProblems, superfluous, unanswered } from './policy/checks.ts'
export { columnKey, isMasked, parseTableKey, strategyFor, tableKey } from './policy/names.ts'
export { type PolicyText, parsePolicyFile } from './policy/parse.ts'
export { answeringTable, answeringTables } from './policy/partitions.ts'
export { changesSince, type Pin } from './policy/pin.ts'
export { renderPin, renderPolicy, renderStrategy } from './policy/render.ts'
export { updatePolicy } from './policy/update.ts'
export { proposePolicy } from './propose/propose.ts'
export * from './shapes.ts'
