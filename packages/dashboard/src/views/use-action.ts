import type { SandboxError } from '@stuntdouble/sdk/errors'
import { useState } from 'preact/hooks'
import { errorFrom } from '../state/store.ts'

export interface Action<Answer, Given extends readonly unknown[] = []> {
  /** Starts the work unless it is under way. */
  run(...given: Given): void
  readonly busy: boolean
  readonly answer: Answer | undefined
  readonly problem: SandboxError | undefined
}

/** Something a button starts: busy while it runs, then an answer or a problem to show. */
export function useAction<Answer, Given extends readonly unknown[] = []>(
  work: (...given: Given) => Promise<Answer>,
): Action<Answer, Given> {
  const [busy, setBusy] = useState(false)
  const [answer, setAnswer] = useState<Answer>()
  const [problem, setProblem] = useState<SandboxError>()

  async function perform(given: Given): Promise<void> {
    setBusy(true)
    setProblem(undefined)
    try {
      const result = await work(...given)
      setAnswer(() => result)
    } catch (error) {
      setProblem(errorFrom(error))
    } finally {
      setBusy(false)
    }
  }

  return { run: (...given) => void (busy || perform(given)), busy, answer, problem }
}
