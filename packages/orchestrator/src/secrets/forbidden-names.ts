import { posix } from 'node:path'
import { secretNames } from '@stuntdouble/sdk/secret-names'
import ignore from 'ignore'

/** The same names that the client leaves out: a client of somebody else’s may not have. */
const matcher = ignore({ ignorecase: true }).add(secretNames)

/** Whether a path below the workspace may not enter by its name alone, whatever it holds today. */
export function isForbiddenName(path: string): boolean {
  const normal = posix.normalize(path)
  return normal !== '.' && normal !== './' && matcher.ignores(normal)
}
