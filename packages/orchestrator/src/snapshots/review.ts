import type { Review } from '@stuntdouble/sdk/wire'
import type { LoadedSource } from '../config/config.ts'
import {
  answeringTables,
  type PolicyText,
  parsePolicyFile,
  proposePolicy,
  renderPin,
  renderPolicy,
  updatePolicy,
} from '../masking/masking.ts'
import type { StoreKind } from '../sources/sources.ts'
import { readPolicy } from './answers.ts'
import { reviewFailure } from './errors.ts'
import { mergePolicy } from './merge-policy.ts'
import { openSource } from './open-source.ts'
import { writePolicy } from './write-policy.ts'

export const sampledRows = 200

const nothing: PolicyText = { policy: {}, pin: undefined }

export interface ReviewRequest {
  readonly kind: StoreKind
  readonly source: LoadedSource
  /** Allows an existing file to be written to. */
  readonly update: boolean
}

/** Proposes an answer for every column. Samples are looked at in memory and go no further. */
export async function reviewSource(request: ReviewRequest, signal: AbortSignal): Promise<Review> {
  try {
    return await review(request, signal)
  } catch (cause) {
    throw reviewFailure(request.source.name, cause)
  }
}

async function review(
  { kind, source: configured, update }: ReviewRequest,
  signal: AbortSignal,
): Promise<Review> {
  const { name, policyPath } = configured
  await using source = await openSource(kind, configured, signal)
  const shapes = answeringTables(source.tables)
  const text = await readPolicy(configured)
  const { policy: existing, pin } = text === undefined ? nothing : parsePolicyFile(text, policyPath)
  const answers = proposePolicy(
    source.tables,
    await source.sample(source.tables, sampledRows, signal),
  )
  const { standing, columns } = mergePolicy({ shapes, answers, existing, pin })
  const existed = text !== undefined
  const yaml = existed
    ? updatePolicy(text, { shapes, answers, standing })
    : renderPolicy(shapes, answers) + renderPin(shapes)

  const differs = columns.some(({ change }) => change !== 'same') || pin === undefined
  const written = !existed || (update && differs)
  if (written) await writePolicy(configured, yaml)
  const counted = columns.filter(({ change }) => change !== 'removed')
  const kept = counted.filter(({ strategy }) => strategy === 'keep' || strategy === 'enum').length
  return {
    ...{ source: name, policyPath, written, existed, yaml, kept },
    columns: [...columns],
    unsure: counted.filter(({ unsure }) => unsure).length,
    masked: counted.length - kept,
  }
}
