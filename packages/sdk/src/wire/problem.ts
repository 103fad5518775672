import { z } from 'zod'
import { type ErrorCode, errorStatus, SandboxError } from '../errors.ts'

/** RFC 9457 problem details, with our code, hint and retryability. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  hint: z.string(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
})
export type Problem = z.infer<typeof Problem>

export const problemType = 'application/problem+json'

export function problemOf(error: SandboxError): Problem {
  return {
    type: `urn:stuntdouble:error:${error.code}`,
    title: error.message,
    status: error.status,
    code: error.code,
    hint: error.hint,
    retryable: error.retryable,
    ...(Object.keys(error.details).length > 0 && { details: error.details }),
  }
}

/** An unknown code, from a newer server, is kept readable as `internal`. */
export function errorOf(problem: Problem): SandboxError {
  const code = (problem.code in errorStatus ? problem.code : 'internal') as ErrorCode
  return new SandboxError(code, problem.title, {
    hint: problem.hint,
    retryable: problem.retryable,
    ...(problem.details && { details: problem.details }),
  })
}
