import type { LoadedCredential } from '../../config/config.ts'
import type { Clock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { headerValue } from './place.ts'
import type { ReadValue } from './read-value.ts'
import { type Search, searchFor } from './search.ts'
import { usualForms } from './usual-forms.ts'

/** The real values, read when first needed and held in memory alone. */
export interface Values {
  /** Throws `NoValue`. Calls at once share the work. */
  get(credential: LoadedCredential): Promise<Secret>
  /** Finds every value that was ever read of a credential, in its usual encodings. */
  searches(credential: LoadedCredential): readonly Search[]
}

/** Whoever changes a value at its source sees it used after this long. */
const heldMs = 5 * 60_000
/** A sandbox cannot make a command that fails run more often. */
const failureHeldMs = 10_000
/** Values before the present one that are still looked for. */
const remembered = 4

interface Held {
  readonly until: number
  readonly value: Promise<Secret>
}

export function createValues(read: ReadValue, clock: Clock): Values {
  const held = new Map<string, Held>()
  const known = new Map<string, Map<string, Search>>()

  async function fetch(credential: LoadedCredential): Promise<Secret> {
    const value = await read(credential.from)
    remember(credential, value)
    return new Secret(value)
  }

  function remember(credential: LoadedCredential, value: string): void {
    const searches = known.get(credential.name) ?? new Map<string, Search>()
    if (!searches.has(value)) searches.set(value, searchFor(formsOf(credential, value)))
    for (const oldest of [...searches.keys()].slice(0, -1 - remembered)) searches.delete(oldest)
    known.set(credential.name, searches)
  }

  return {
    get(credential) {
      const present = held.get(credential.name)
      if (present && clock() < present.until) return present.value
      const value = fetch(credential)
      held.set(credential.name, { value, until: clock() + heldMs })
      value.catch(() => held.set(credential.name, { value, until: clock() + failureHeldMs }))
      return value
    },
    searches: ({ name }) => [...(known.get(name)?.values() ?? [])],
  }
}

/** Of the value, and of what stands in the header: Basic has it in base64, which may be encoded again. */
function formsOf({ inject }: LoadedCredential, value: string): readonly Buffer[] {
  const sent = headerValue(inject, value).replace(/^\S+ /, '')
  return [...new Set([value, sent])].flatMap(usualForms)
}
