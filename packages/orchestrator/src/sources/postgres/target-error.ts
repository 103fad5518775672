import { SandboxError } from '@stuntdouble/sdk/errors'
import { DatabaseError } from 'pg'
import { sqlState } from './errors.ts'

/**
 * What the staging server complained of, by names alone: a row’s contents stand in DETAIL and
 * CONTEXT, and in many a message as well.
 */
export function targetError(doing: string, cause: unknown): Error {
  if (cause instanceof SandboxError) return cause
  if (!(cause instanceof DatabaseError)) {
    return new SandboxError('snapshot_failed', `While ${doing}: the staging server went away.`, {
      hint: 'It may have run out of memory or disk; see its log with --verbose.',
      retryable: true,
    })
  }
  const code = sqlState(cause.code)
  if (code === '53100') return diskFull(doing)
  return new SandboxError('snapshot_failed', `While ${doing}: ${explain(cause, code)}.`, {
    hint: hints[code] ?? 'The code is explained in Appendix A of PostgreSQL’s manual.',
    details: { sqlstate: code },
  })
}

const diskFull = (doing: string) =>
  new SandboxError('disk_full', `While ${doing}: the disk is full.`, {
    hint: 'Remove old snapshots with `sandbox snapshot rm`, or give the pool more room.',
  })

function explain(cause: DatabaseError, code: string): string {
  const where = [cause.schema, cause.table, cause.column].filter(Boolean).join('.')
  const parts = [
    `SQLSTATE ${code}`,
    where === '' ? '' : `at ${where}`,
    cause.constraint === undefined ? '' : `constraint ${cause.constraint}`,
    isAboutNames(cause, code) ? cause.message : '',
  ]
  return parts.filter(Boolean).join(', ')
}

/** Complaints of the parser name objects, not rows. Code of the source may raise the same codes. */
const isAboutNames = (cause: DatabaseError, code: string) =>
  cause.where === undefined && /^(42|0A|3F|58)/.test(code) && cause.routine !== 'exec_stmt_raise'

const hints: Readonly<Record<string, string>> = {
  '23505':
    'Masking made two rows equal where they must differ: choose another strategy for a column of the key.',
  '23503':
    'A row points to one that is not there: columns joined by a foreign key need the same strategy.',
  '23514': 'A masked value breaks a check: choose a strategy that keeps the value’s form.',
  '23502': 'A column that must not be null was masked with `null`.',
  '22001': 'A masked value is longer than its column.',
  '58P01':
    'The image lacks a file of an extension: name an image that has it with `image` in the source’s configuration.',
  '0A000':
    'The image may lack an extension: name an image that has it with `image` in the source’s configuration.',
}
