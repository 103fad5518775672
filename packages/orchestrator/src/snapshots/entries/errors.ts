import { SandboxError } from '@stuntdouble/sdk/errors'
import type { NameStyle } from '../../masking/masking.ts'

type Called = Pick<NameStyle, 'called'>

export const entriesUnanswered = (source: string, { called }: Called, shapes: readonly string[]) =>
  new SandboxError(
    'policy_unanswered',
    `The masking policy of "${source}" does not answer for ${called} such as these:\n${listed(shapes)}`,
    {
      hint: `Add patterns for them, or run \`sandbox data review --source ${source} --update\`; \`drop\` leaves ${called} out.`,
      details: { shapes },
    },
  )

export const fieldUnanswered = (source: string, pattern: string, shape: string) =>
  new SandboxError(
    'policy_unanswered',
    `The masking policy of "${source}" does not answer for a field such as ${shape} of ${pattern}.`,
    {
      hint: 'Name it under `fields:` of the pattern, with `drop` to leave it out; "*" answers for all others.',
      details: { pattern, shape },
    },
  )

export const entriesUnfit = (source: string, { called }: Called, problems: readonly string[]) =>
  new SandboxError(
    'config_invalid',
    `The masking policy of "${source}" does not fit its ${called}:\n${listed(problems)}`,
    { hint: 'Correct it; nothing was created.', details: { problems } },
  )

export const tooLarge = (source: string, pattern: string, limitBytes: number) =>
  new SandboxError(
    'source_refused',
    `Source "${source}": a value of ${pattern} is larger than ${limitBytes / 1024 ** 2} MB.`,
    { hint: 'Answer for it with `drop`.' },
  )

export const tooMuch = (source: string, bytes: number, most: number) =>
  new SandboxError(
    'source_refused',
    `Source "${source}": ${inGigabytes(bytes)} would be copied, and ${inGigabytes(most)} are allowed.`,
    { hint: 'Raise `maxSize` of the source, or answer large files with `drop` or `placeholder`.' },
  )

const inGigabytes = (bytes: number) => `${(bytes / 1024 ** 3).toPrecision(3)} GB`

export const entriesLost = (
  source: string,
  { called }: Called,
  { copied, there }: { readonly copied: number; readonly there: number },
) =>
  new SandboxError(
    'snapshot_failed',
    `The copy of "${source}" holds ${there} ${called} where ${copied} were copied, and was removed.`,
    { hint: 'Masking made one name of two in different patterns: let the text of these differ.' },
  )

export const nothingToReview = (source: string) =>
  new SandboxError(
    'config_invalid',
    `There is nothing to review: a sandbox is given an empty store for "${source}".`,
    { hint: 'Write `policy:` in place of `stance: empty` to copy what is in it, masked.' },
  )

const listed = (items: readonly string[]) => items.map((item) => `  ${item}`).join('\n')
