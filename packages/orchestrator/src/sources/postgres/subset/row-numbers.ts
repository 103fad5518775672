/** A ctid as a number that a double holds exactly: 32 bits of page, 16 of place in it. */
const places = 2 ** 16

export const rowNumber = (page: number, place: number) => page * places + place

const tid = (row: number) => `(${Math.floor(row / places)},${row % places})`

/** `'{"(0,1)",…}'::tid[]` */
export const tids = (rows: Float64Array) =>
  `'{${Array.from(rows, (row) => `"${tid(row)}"`).join()}}'::tid[]`

/**
 * SQL: the condition of being one of some rows, ascending, for a statement that reads nothing else.
 * Within bounds: else a server that thinks little of ctids reads all of the table for each stretch.
 */
export const amongSql = (rows: Float64Array) =>
  `ctid = ANY(${tids(rows)}) AND ctid >= '${tid(rows[0] ?? 0)}' AND ctid <= '${tid(rows.at(-1) ?? 0)}'`

/** In stretches that one statement can name. */
export function* batches(rows: Float64Array): Generator<Float64Array> {
  for (let at = 0; at < rows.length; at += batchRows) yield rows.subarray(at, at + batchRows)
}

/** Some 700 KB of statement. A larger one saves scans where a foreign key has no index. */
const batchRows = 50_000
