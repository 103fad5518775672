import fc from 'fast-check'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** How long each parser is fuzzed, and from where; from a new place each time when there is no seed. */
    fuzz: { readonly seconds: number; readonly seed: number | null }
  }
}

/** Long for one case, also where every core is busy. */
const caseWithinMs = 15_000

/** Tries a property for as long as this run gives it. A failure tells the seed and the smallest case. */
export async function fuzz<Values>(
  property: fc.IAsyncPropertyWithHooks<Values> | fc.IPropertyWithHooks<Values>,
): Promise<void> {
  const { seconds } = inject('fuzz')
  const details = await fc.check(property as fc.IAsyncProperty<Values>, {
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: seconds * 1000,
    timeout: caseWithinMs,
  })
  // That its time is up is no failure, not before the first case is done either.
  if (details.failed && !details.interrupted) {
    throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance })
  }
}
