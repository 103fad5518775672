import { renderStrategy } from '../policy/render.ts'
import type { NameStyle } from './name-style.ts'
import type { ProposedValue } from './propose-keys.ts'
import type { StandIn } from './stand-in.ts'

/** What is proposed for the keys of one pattern. */
export interface ProposedKeys {
  readonly pattern: string
  /** How many and of which types, such as `hash 12`. */
  readonly amount: string
  /** Whether a person should look at what the pattern masks of the names. */
  readonly unsure: boolean
  /** In place of what the entries hold. */
  readonly standIn?: StandIn
  /** Empty for what can only be left out, or has a stand-in. */
  readonly values: readonly ProposedValue[]
}

const keyHeading = `# What happens to every key on its way into a snapshot. The first pattern that fits a key answers for
# it, one without a wild part before all others; a key that none fits stops the build. In a pattern \`*\`
# is any run of characters up to the next ":", \`**\` reaches further, and \`{email}\` is masked.
# Lines marked "unsure" want a person's eye; keeping this file in the configuration accepts it.
`

const fileHeading = `# What happens to every file on its way into a snapshot. The first pattern that fits a path answers for
# it, one without a wild part before all others; a file that none fits stops the build. In a pattern \`*\`
# is any run of characters up to the next "/", \`**\` reaches further, and \`{email}\` is masked. An answer
# is one of drop, empty, placeholder (a tiny file of its type), keep, text (prose, masked), or { json: … }.
# Lines marked "unsure" want a person's eye; keeping this file in the configuration accepts it.
`

const headings = { keys: keyHeading, files: fileHeading }

export interface RenderedPolicy {
  readonly called: NameStyle['called']
  /** What stands in the file already, and stays. */
  readonly existing: string | undefined
}

export const renderKeyPolicy = (
  proposed: readonly ProposedKeys[],
  { called, existing }: RenderedPolicy,
): string =>
  `${existing?.trim() ? `${existing.trimEnd()}\n` : headings[called]}${proposed.map(render).join('')}`

function render({ pattern, amount, unsure, standIn, values }: ProposedKeys): string {
  const look = unsure ? '; unsure: what stands for its wild parts' : ''
  const key = `\n# ${amount}${look}\n${JSON.stringify(pattern)}:`
  if (standIn !== undefined) return `${key} ${standIn}\n`
  const [first] = values
  if (first === undefined) return `${key} drop\n`
  if (first.field === null) return `${key} ${answer(first)}\n`
  const fields = values.map(
    (value) => `    ${JSON.stringify(value.field ?? '')}: ${answer(value)}\n`,
  )
  return `${key}\n  fields:\n${fields.join('')}`
}

const answer = ({ strategy, reason, unsure }: ProposedValue) =>
  `${renderStrategy(strategy)}${unsure ? ` # unsure: ${reason.replaceAll(/[\s\p{C}]+/gu, ' ')}` : ''}`
