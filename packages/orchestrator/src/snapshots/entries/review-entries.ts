import type { Review, ReviewColumn } from '@stuntdouble/sdk/wire'
import type { LoadedSource } from '../../config/config.ts'
import {
  type EntryPolicy,
  type KeyAnswer,
  type ProposedKeys,
  renderKeyPolicy,
  renderStrategy,
} from '../../masking/masking.ts'
import type { EntryKind, MountedKind } from '../../sources/sources.ts'
import { readPolicy } from '../answers.ts'
import { reviewFailure } from '../errors.ts'
import { openSource } from '../open-source.ts'
import { writePolicy } from '../write-policy.ts'
import { nothingToReview } from './errors.ts'
import { proposeEntries } from './propose-entries.ts'

export interface EntryReviewRequest {
  readonly kind: EntryKind | MountedKind
  readonly source: LoadedSource
  /** Allows an existing file to be written to. */
  readonly update: boolean
}

/** Proposes a pattern for every name that nobody answered for. Shapes and counts, never a name. */
export async function reviewEntries(
  request: EntryReviewRequest,
  signal: AbortSignal,
): Promise<Review> {
  try {
    return await review(request, signal)
  } catch (cause) {
    throw reviewFailure(request.source.name, cause)
  }
}

async function review(
  { kind, source: configured, update }: EntryReviewRequest,
  signal: AbortSignal,
): Promise<Review> {
  const { name, policyPath } = configured
  if (configured.stance === 'empty') throw nothingToReview(name)
  const text = await readPolicy(configured)
  const existing = text === undefined ? [] : kind.names.parse(text, policyPath)
  await using source = await openSource(kind, configured, signal)
  const proposed = await proposeEntries({ kind, source, existing }, signal)

  const yaml = renderKeyPolicy(proposed, { called: kind.names.called, existing: text })
  const existed = text !== undefined
  const written = !existed || (update && proposed.length > 0)
  if (written) await writePolicy(configured, yaml)
  const columns = [...existing.map(standing), ...proposed.flatMap(added)]
  const kept = columns.filter(({ strategy }) => strategy === 'keep').length
  return {
    ...{ source: name, policyPath, written, existed, yaml, columns, kept },
    unsure: columns.filter(({ unsure }) => unsure).length,
    masked: columns.length - kept,
  }
}

const standing = ({ pattern, answer }: EntryPolicy<KeyAnswer>[number]): ReviewColumn => ({
  ...{ table: pattern.text, column: answer.do, type: '', reason: 'answered in the policy' },
  strategy: strategyOf(answer),
  ...{ unsure: false, change: 'same' },
})

function strategyOf(answer: KeyAnswer): string {
  if (answer.do === 'values') return renderStrategy(answer.strategy)
  return answer.do === 'instead' ? answer.standIn : answer.do
}

function added({ pattern, amount, unsure, standIn, values }: ProposedKeys): ReviewColumn[] {
  const change = 'added' as const
  const at = { table: pattern, type: amount, change }
  const isKept = !pattern.includes('{')
  const name = {
    column: 'name',
    strategy: isKept ? 'keep' : pattern,
    reason: 'by its form',
    unsure,
  }
  if (standIn !== undefined) {
    const instead = { column: 'value', strategy: standIn, reason: 'not looked into', unsure: false }
    return [
      { ...at, ...name },
      { ...at, ...instead },
    ]
  }
  if (values.length === 0)
    return [{ ...at, column: 'value', strategy: 'drop', reason: 'cannot be copied', unsure: false }]
  return [
    { ...at, ...name },
    ...values.map(({ field, strategy, reason, unsure: look }) => ({
      ...{ ...at, reason, column: field ?? 'value' },
      ...{ strategy: renderStrategy(strategy), unsure: look },
    })),
  ]
}
