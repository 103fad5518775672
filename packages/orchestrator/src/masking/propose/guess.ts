import type { ColumnShape, Strategy, StrategyName, TableShape } from '../shapes.ts'

/** One column with what was seen of it. */
export interface Evidence {
  readonly table: TableShape
  readonly column: ColumnShape
  /** Values that are neither NULL nor blank; elements, where the column is an array. */
  readonly values: readonly string[]
}

/** An answer with its grounds. A reason never holds a value: it goes into a file and a report. */
export interface Guess {
  readonly strategy: Strategy
  readonly reason: string
  readonly confidence: number
  readonly unsure: boolean
}

export function sure(name: StrategyName, reason: string, confidence = 0.95): Guess {
  return { strategy: { name }, reason, confidence, unsure: false }
}

export function unsure(name: StrategyName, reason: string, confidence = 0.5): Guess {
  return { strategy: { name }, reason, confidence, unsure: true }
}
