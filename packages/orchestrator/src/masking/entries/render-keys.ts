import { renderStrategy } from '../policy/render.ts'
import type { ProposedValue } from './propose-keys.ts'

/** What is proposed for the keys of one pattern. */
export interface ProposedKeys {
  readonly pattern: string
  /** How many and of which types, such as `hash 12`. */
  readonly amount: string
  /** Whether a person should look at what the pattern masks of the names. */
  readonly unsure: boolean
  /** Empty for what can only be left out. */
  readonly values: readonly ProposedValue[]
}

const heading = `# What happens to every key on its way into a snapshot. The first pattern that fits a key answers for
# it, one without a wild part before all others; a key that none fits stops the build. In a pattern \`*\`
# is any run of characters up to the next ":", \`**\` reaches further, and \`{email}\` is masked.
# Lines marked "unsure" want a person's eye; keeping this file in the configuration accepts it.
`

export const renderKeyPolicy = (proposed: readonly ProposedKeys[], existing?: string): string =>
  `${existing?.trim() ? `${existing.trimEnd()}\n` : heading}${proposed.map(render).join('')}`

function render({ pattern, amount, unsure, values }: ProposedKeys): string {
  const look = unsure ? '; unsure: what stands for its wild parts' : ''
  const key = `\n# ${amount}${look}\n${JSON.stringify(pattern)}:`
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
