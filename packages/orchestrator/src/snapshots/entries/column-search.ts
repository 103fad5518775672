import type { TableShape } from '../../masking/masking.ts'
import type { AnsweredColumn, LeakCheck } from '../leak-check/leak-check.ts'
import type { Threads } from '../threads/threads.ts'

export interface SearchedColumn {
  readonly shape: TableShape
  readonly column: AnsweredColumn
  readonly leaks: LeakCheck
  readonly threads: Threads
}

/** Values are searched together; some hundred of them are worth a job. */
const blockBytes = 64 * 1024

/** Looks for masked values in what one column of a pattern holds: a table of one column, row by row. */
export class ColumnSearch {
  readonly #searched: SearchedColumn
  #rows: Buffer[] = []
  #bytes = 0

  constructor(searched: SearchedColumn) {
    this.#searched = searched
  }

  async push(value: Buffer): Promise<void> {
    const row = rowOf(value)
    this.#rows.push(row)
    this.#bytes += row.length
    if (this.#bytes >= blockBytes) await this.end()
  }

  /** Searches what has not been searched. */
  async end(): Promise<void> {
    const { shape, column, leaks, threads } = this.#searched
    if (this.#bytes === 0) return
    const bytes = new Uint8Array(Buffer.concat(this.#rows))
    this.#rows = []
    this.#bytes = 0
    const columns = [column]
    const found = await threads.ask({ do: 'search rows', bytes, values: leaks.shared, columns })
    leaks.sawInRows(shape, columns, found)
  }
}

const letters: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
}

/** One value as a row of COPY text, which is what is searched. */
const rowOf = (value: Buffer) =>
  Buffer.from(
    `${value.toString('latin1').replaceAll(/[\\\n\t\r]/g, (byte) => letters[byte] ?? byte)}\n`,
    'latin1',
  )
