import type { Finding } from '@stuntdouble/sdk/wire'
import {
  isMasked,
  proposePolicy,
  renderStrategy,
  type Samples,
  type Strategy,
  type TableRef,
  type TableShape,
  tableKey,
} from '../masking/masking.ts'

export interface Looked {
  readonly shapes: readonly TableShape[]
  readonly samples: Samples
  readonly strategyOf: (table: TableRef, column: string) => Strategy | undefined
}

/** Columns that are kept and look, by name, type and sample, as if they should not be. A person decides. */
export function overlooked({ shapes, samples, strategyOf }: Looked): Finding[] {
  return proposePolicy(shapes, samples)
    .filter(({ strategy, unsure }) => isMasked(strategy) && !unsure)
    .filter(({ table, column }) => strategyOf(table, column)?.name === 'keep')
    .map(({ table, column, strategy, reason }) => ({
      severity: 'warning',
      where: `${tableKey(table)}.${column}`,
      message: `is kept and looks like ${renderStrategy(strategy)}: ${reason}`,
    }))
}
