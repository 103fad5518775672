import { harmless } from '../format/harmless.ts'

/** An error as the command line prints it: what happened, then what to do. */
export function ProblemNotice({ problem }: { problem: { message: string; hint: string } }) {
  return (
    <div class="notice bad" role="alert">
      <strong>{harmless(problem.message)}</strong>
      <p>{harmless(problem.hint)}</p>
    </div>
  )
}
