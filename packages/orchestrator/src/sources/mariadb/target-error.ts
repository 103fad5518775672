import { SandboxError } from '@stuntdouble/sdk/errors'
import { isServerError, type ServerError } from './errors.ts'

/** What the staging server complained of, by numbers and names alone: messages quote values. */
export function targetError(doing: string, cause: unknown): Error {
  if (cause instanceof SandboxError) return cause
  if (!isServerError(cause)) {
    return new SandboxError('snapshot_failed', `While ${doing}: the staging server went away.`, {
      hint: 'It may have run out of memory or disk; see its log with --verbose.',
      retryable: true,
    })
  }
  if (diskErrors.has(cause.errno)) return diskFull(doing)
  return complaint(doing, cause.errno, aboutNames(cause))
}

/** What a row was not taken for. A load tells of it in a warning, and goes on with the next. */
export const complaint = (doing: string, errno: number, what = '') =>
  new SandboxError('snapshot_failed', `While ${doing}: error ${errno}${what && `, ${what}`}.`, {
    hint: hints[errno] ?? '“MariaDB Error Codes” explains the number.',
    details: { errno },
  })

const diskErrors = new Set([1021, 1114])

const diskFull = (doing: string) =>
  new SandboxError('disk_full', `While ${doing}: the disk is full.`, {
    hint: 'Remove old snapshots with `sandbox snapshot rm`, or give the pool more room.',
  })

/** Complaints about a name that is not known: no value stands in them. */
const naming = new Set([1054, 1115, 1146, 1273, 1286, 1305, 4161])

const aboutNames = ({ errno, message }: ServerError) => (naming.has(errno) ? message : '')

const tooLong =
  'A masked value does not fit its column: choose a strategy that keeps the value’s form.'
const invalid =
  'The source holds values that a strict server does not take (an empty enum, broken characters), or a masked value does not fit: correct them, or answer with another strategy.'

const hints: Readonly<Record<number, string>> = {
  1062: 'Masking made two rows equal where they must differ: choose another strategy for a column of the key. Collations that ignore case or accents make more values equal.',
  1048: 'A column that must not be null was masked with `null`.',
  1263: 'A column that must not be null was masked with `null`.',
  1264: tooLong,
  1265: invalid,
  1366: invalid,
  1406: tooLong,
  1452: 'A row points to one that is not there: columns joined by a foreign key need the same strategy. If the source itself holds such rows, they are to be corrected there.',
  1146: 'A definition of the source names a table that is not in its database.',
  1305: 'A definition of the source calls a routine that was not seen: grant the account SELECT on mysql.proc.',
  1273: 'The source uses a collation that the image does not have.',
  1526: 'A masked value finds no partition: answer keep for the column that decides, or give the table a partition for the rest.',
  4025: 'A masked value breaks a check: choose a strategy that keeps the value’s form.',
}
