/** Rows that are stored together, moments after the first came. */
export interface Waiting<Row> {
  add(row: Row): void
  /** Stores what is waiting. Throws what storing throws, and keeps the rows. */
  flush(): void
}

const soonMs = 50

export function createWaiting<Row>(store: (rows: readonly Row[]) => void): Waiting<Row> {
  let rows: Row[] = []
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (rows.length > 0) store(rows)
    rows = []
  }

  /** What cannot be stored now is tried again, and told to who reads meanwhile. */
  function flushOrKeep(): void {
    try {
      flush()
    } catch {
      timer = setTimeout(flushOrKeep, soonMs)
    }
  }

  return {
    flush,
    add(row) {
      rows.push(row)
      timer ??= setTimeout(flushOrKeep, soonMs)
    },
  }
}
