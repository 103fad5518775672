import { SandboxError } from '@stuntdouble/sdk/errors'
import { DatabaseError } from 'pg'
import { tableKey } from '../../../masking/masking.ts'
import type { Reference, Root } from '../../subset/subset.ts'
import { sqlState } from '../errors.ts'

const timedOut = '57014'

/**
 * What is wrong with a condition. While it is only parsed the server’s words name objects and what the
 * operator typed; once rows are read they may quote one, and are not repeated.
 */
export function explainWhere(
  { table, where }: Root,
  cause: unknown,
  when: 'parsed' | 'run' = 'run',
): unknown {
  if (!(cause instanceof DatabaseError)) return cause
  const name = tableKey(table)
  if (cause.code === timedOut) return tooSlow(`The roots of ${name} were`)
  if (where === undefined) return cause
  const parser = when === 'parsed' && cause.code?.startsWith('42') && cause.where === undefined
  const said = parser ? cause.message : `SQLSTATE ${sqlState(cause.code)}`
  return new SandboxError('config_invalid', `The \`where\` of ${name} is refused: ${said}.`, {
    hint: 'It is read as SQL of the source, where only pg_catalog is on the search path: qualify tables, functions and types of its own.',
  })
}

export function explainFinding({ fromName, toName }: Reference, cause: unknown): unknown {
  if (!(cause instanceof DatabaseError) || cause.code !== timedOut) return cause
  return tooSlow(`Rows by the reference from ${fromName} to ${toName} were`)
}

const tooSlow = (what: string) =>
  new SandboxError('source_refused', `${what} not found within 15 minutes.`, {
    hint: 'An index on the columns in question helps, as does a narrower subset, or one of the tables under `whole` or `empty`.',
  })
