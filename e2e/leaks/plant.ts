/** People and secrets put into one object of production, and what may be done about them. */
export interface Plant {
  /** Where nobody looks, in words; the report counts by it. */
  readonly place: string
  /** Nothing else in production holds them. */
  readonly values: readonly string[]
  /** Plants them, as production's superuser. */
  readonly sql: string
  /** What somebody who masks a restored copy in place would run. Nobody updates a function's body. */
  readonly inPlace?: string
  /** The names under which a build that stops may speak of it. */
  readonly objects?: readonly string[]
  /** What its operator does then: to production, or to an answer of the policy. */
  readonly remedy?: string | Answer
}

export interface Answer {
  readonly table: string
  readonly column: string
  readonly strategy: string
}

export const isAnswer = (remedy: Plant['remedy']): remedy is Answer => typeof remedy === 'object'

export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/** `('a', 1), ('b', 2)` */
export const rowsOf = (rows: readonly (readonly (string | number)[])[]) =>
  rows
    .map(
      (row) =>
        `(${row.map((cell) => (typeof cell === 'number' ? cell : literal(cell))).join(', ')})`,
    )
    .join(', ')
