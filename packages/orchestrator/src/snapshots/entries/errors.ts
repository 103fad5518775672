import { SandboxError } from '@stuntdouble/sdk/errors'

export const entriesUnanswered = (source: string, shapes: readonly string[]) =>
  new SandboxError(
    'policy_unanswered',
    `The masking policy of "${source}" does not answer for keys such as these:\n${listed(shapes)}`,
    {
      hint: `Add patterns for them, or run \`sandbox data review --source ${source} --update\`; \`drop\` leaves keys out.`,
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

export const entriesUnfit = (source: string, problems: readonly string[]) =>
  new SandboxError(
    'config_invalid',
    `The masking policy of "${source}" does not fit its keys:\n${listed(problems)}`,
    { hint: 'Correct it; nothing was created.', details: { problems } },
  )

export const tooLarge = (source: string, pattern: string, limitBytes: number) =>
  new SandboxError(
    'source_refused',
    `Source "${source}": a value of ${pattern} is larger than ${limitBytes / 1024 ** 2} MB.`,
    { hint: 'Answer such keys with `drop`.' },
  )

export const entriesLost = (source: string, copied: number, there: number) =>
  new SandboxError(
    'snapshot_failed',
    `The copy of "${source}" holds ${there} keys where ${copied} were copied, and was removed.`,
    { hint: 'Masking made one name of two in different patterns: let the text of these differ.' },
  )

export const nothingToReview = (source: string) =>
  new SandboxError(
    'config_invalid',
    `There is nothing to review: a sandbox is given an empty store for "${source}".`,
    { hint: 'Write `policy:` in place of `stance: empty` to copy what is in it, masked.' },
  )

const listed = (items: readonly string[]) => items.map((item) => `  ${item}`).join('\n')
