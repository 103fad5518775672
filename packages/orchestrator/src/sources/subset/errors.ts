import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Missing } from './subset.ts'

const invalid = (message: string, hint: string) =>
  new SandboxError('config_invalid', message, { hint })

export const subsetTooLarge = (most: number) =>
  invalid(
    `The subset is larger than ${most} rows, which is the most that can be chosen one by one.`,
    'Narrow its roots, lower `depth` or `perParent` below `follow`, or name large tables under `whole`; nothing was copied.',
  )

export const unknownTables = (names: readonly string[]) =>
  invalid(
    `The subset names ${names.length === 1 ? 'a table' : 'tables'} that the source does not have: ${names.join(', ')}.`,
    'Write schema.table as masking.yaml does, and look at the source’s `schemas`.',
  )

export const namedTwice = (table: string) =>
  invalid(
    `The subset says two things of ${table}.`,
    'Name a table once, under `roots`, `whole` or `empty`; partitions go with their table.',
  )

export const neededRows = (missing: readonly Missing[]) =>
  invalid(
    `Tables that the subset leaves empty are referred to:\n${missing
      .map(({ table, neededBy }) => `  ${table}, by ${neededBy}`)
      .join('\n')}`,
    'Take them off `empty`: then they hold exactly the rows that are referred to. Or leave those that refer to them empty too.',
  )

export const notOneExpression = (table: string, why: string) =>
  invalid(
    `The \`where\` of ${table} is not one expression: ${why}.`,
    "Write what would stand behind WHERE, such as: country = 'DE' AND joined > now() - interval '30 days'.",
  )
