import { SandboxError } from '@stuntdouble/sdk/errors'
import { closureOf, lengthOf, type Member } from '../policy/closure.ts'
import { isMasked, strategyFor, tableKey } from '../policy/names.ts'
import { keysFrom } from '../prf/keys.ts'
import type { Policy, TableShape } from '../shapes.ts'
import { columnMask } from '../strategies/column-mask.ts'
import type { Mask, Room } from '../strategies/mask.ts'

export interface MaskerRequest {
  readonly shape: TableShape
  /** As they stand in the stream. */
  readonly columns: readonly string[]
  readonly policy: Policy
  /** Every table of the source: what foreign keys join shares its mapping. */
  readonly shapes: readonly TableShape[]
  /** The installation’s master key, at least 16 bytes of chance. */
  readonly key: Uint8Array
  /**
   * Told of every value that is masked, decoded, before it is gone: for the leak check. The bytes
   * are lent for the call alone.
   */
  readonly onMasked?: (column: string, value: Uint8Array) => void
}

/** What happens to a field: nothing, NULL in its place, or a mask over its decoded value. */
export type Treatment = 'keep' | 'null' | Mask

export function treatmentsOf(request: MaskerRequest): readonly Treatment[] {
  const closure = closureOf(request.shapes)
  const keys = keysFrom(request.key)
  return request.columns.map((name) => {
    const column = request.shape.columns.find((each) => each.name === name)
    const strategy = strategyFor(request.policy, request.shape, name)
    if (!column || !strategy) throw unansweredColumn(request.shape, name)
    if (!isMasked(strategy)) return 'keep'
    if (strategy.name === 'null') return 'null'
    const members = closure.classOf(request.shape, name)
    return columnMask(strategy, { column, keys, room: roomOf(members) })
  })
}

/** One for all columns that foreign keys join: the narrowest, and unique if any of them is. */
function roomOf(members: readonly Member[]): Room {
  return {
    maxLength: Math.min(Number.MAX_SAFE_INTEGER, lengthOf(members)),
    unique: members.some((member) => member.unique),
    caseless: members.some((member) => member.caseless),
  }
}

function unansweredColumn(table: TableShape, column: string): SandboxError {
  return new SandboxError(
    'policy_unanswered',
    `Nobody answered for ${tableKey(table)}.${column}.`,
    {
      hint: 'Run `sandbox data review --update`, read what it proposes, and build again.',
      details: { columns: [`${tableKey(table)}.${column}`] },
    },
  )
}
