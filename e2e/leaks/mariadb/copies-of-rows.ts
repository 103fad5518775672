import { Invented } from '../people.ts'
import { type Plant, rowsOf } from '../plant.ts'

interface Copy {
  readonly place: string
  readonly table: string
  /** Beside `id` and `email`. */
  readonly columns?: string
  readonly options?: string
  /** Run when the rows are there. */
  readonly later?: readonly string[]
  /** Rows that nobody can update any more are not updated. */
  readonly gone?: true
}

/** The same rows once more: in an index, in statistics, in what was deleted, in a log. */
const copies: readonly Copy[] = [
  {
    place: 'generated columns',
    table: 'accounts',
    columns: ', backwards VARCHAR(191) AS (REVERSE(UPPER(email))) STORED, KEY (backwards)',
  },
  {
    place: 'indexed virtual columns',
    table: 'handles',
    columns: ', small VARCHAR(191) AS (LOWER(email)) VIRTUAL, KEY (small)',
  },
  {
    place: 'statistics',
    table: 'visits',
    later: [
      "SET SESSION histogram_type = 'JSON_HB', SESSION histogram_size = 255",
      'ANALYZE TABLE visits PERSISTENT FOR ALL',
    ],
  },
  {
    place: 'partitions',
    table: 'events',
    columns: ", day DATE NOT NULL DEFAULT '2024-05-01', PRIMARY KEY (id, day)",
    options: 'PARTITION BY RANGE (YEAR(day)) (PARTITION a VALUES LESS THAN (2025))',
  },
  { place: 'undo log', table: 'moved', later: ["UPDATE moved SET email = ''"], gone: true },
  { place: 'deleted rows', table: 'leavers', later: ['DELETE FROM leavers'], gone: true },
  {
    place: 'dropped columns',
    table: 'former',
    later: ['ALTER TABLE former DROP COLUMN email, ALGORITHM=INSTANT'],
    gone: true,
  },
  { place: 'binary log', table: 'imported', later: ['DROP TABLE imported'], gone: true },
]

export const copiesOfRows = (count: number): Plant[] => [
  ...copies.map((copy) => plantOf(copy, count)),
  wordsOf(count),
]

function plantOf(copy: Copy, count: number): Plant {
  const { place, table, columns = '', options = '', later = [], gone } = copy
  const values = new Invented(place).emails(count)
  const key = columns.includes('PRIMARY KEY') ? '' : ' PRIMARY KEY'
  const statements = [
    `CREATE TABLE ${table} (id INT${key}, email VARCHAR(191)${columns}) ${options}`,
    `INSERT INTO ${table} (id, email) VALUES ${rowsOf(values.map((email, id) => [id, email]))}`,
    ...later,
  ]
  return {
    place,
    values,
    sql: statements.map((sql) => `${sql};`).join('\n'),
    ...(!gone && { inPlace: `UPDATE ${table} SET email = CONCAT('user', id, '@example.com')` }),
  }
}

/** Words of a text stand once more in tables of their own, which only the server sees. */
function wordsOf(count: number): Plant {
  const from = new Invented('full-text indexes')
  const values = Array.from({ length: count }, () => from.characters(14, 'abcdefghjkmnpqrstuvwxyz'))
  return {
    place: 'full-text indexes',
    values,
    sql: `CREATE TABLE minutes (id INT PRIMARY KEY, body TEXT, FULLTEXT KEY words (body));
      INSERT INTO minutes VALUES ${rowsOf(values.map((word, id) => [id, `the codeword is ${word} and nobody else knows`]))};
      OPTIMIZE TABLE minutes;`,
    inPlace: "UPDATE minutes SET body = 'scrubbed'",
  }
}
