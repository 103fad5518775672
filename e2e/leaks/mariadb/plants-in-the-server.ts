import { createHash } from 'node:crypto'
import { Invented } from '../people.ts'
import { literal, type Plant } from '../plant.ts'

/** What belongs to the server or the database, and to no table; and what never comes along. */
export function plantsInTheServer(count: number): Plant[] {
  return [
    ...makers.map(([place, sqlOf]) => {
      const from = new Invented(place)
      const values = [...from.emails(count), ...from.secrets(count)]
      return { place, values, sql: values.map(sqlOf).join('\n') }
    }),
    passwords(count),
    positions('positions of sequences', count, (value, at) =>
      [`CREATE SEQUENCE counter_${at};`, `DO SETVAL(counter_${at}, ${value});`].join('\n'),
    ),
    positions(
      'positions of AUTO_INCREMENT',
      count,
      (value, at) =>
        `CREATE TABLE counted_${at} (id BIGINT AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = ${value};`,
    ),
  ]
}

const quoted = (text: string) => `\`${text}\``

type Sql = (value: string, at: number) => string
const comments: readonly (readonly [place: string, sql: Sql])[] = [
  [
    'comments on tables',
    (value, at) => `CREATE TABLE told_${at} (id INT) COMMENT ${literal(value)};`,
  ],
  [
    'comments on columns',
    (value, at) => `CREATE TABLE said_${at} (id INT COMMENT ${literal(value)});`,
  ],
  [
    'comments on indexes',
    (value, at) => `CREATE TABLE hinted_${at} (id INT, KEY k (id) COMMENT ${literal(value)});`,
  ],
  [
    'comments on partitions',
    (value, at) =>
      `CREATE TABLE parted_${at} (id INT) PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN MAXVALUE COMMENT = ${literal(value)});`,
  ],
  [
    'comments on routines',
    (value, at) => `CREATE FUNCTION told_${at}() RETURNS INT COMMENT ${literal(value)} RETURN 1;`,
  ],
  [
    'comments on databases',
    (value, at) => `CREATE DATABASE beside_${at} COMMENT ${literal(value)};`,
  ],
]

const makers: readonly (readonly [place: string, sql: Sql])[] = [
  ...comments,
  [
    'event bodies',
    (value, at) =>
      `CREATE EVENT nightly_${at} ON SCHEDULE EVERY 1 DAY DISABLE COMMENT ${literal(value)} DO SELECT ${literal(value)};`,
  ],
  [
    'DEFINER names of views',
    (value, at) =>
      `CREATE DEFINER = ${quoted(value)}@\`%\` SQL SECURITY INVOKER VIEW owned_${at} AS SELECT 1 AS one;`,
  ],
  [
    'DEFINER names of routines',
    (value, at) =>
      `CREATE DEFINER = ${quoted(value)}@\`%\` FUNCTION owned_${at}() RETURNS INT RETURN 1;`,
  ],
  [
    'DEFINER names of triggers',
    (value, at) =>
      `CREATE TABLE guarded_${at} (id INT);\nCREATE DEFINER = ${quoted(value)}@\`%\` TRIGGER guard_${at} BEFORE INSERT ON guarded_${at} FOR EACH ROW SET NEW.id = 1;`,
  ],
  ['names of accounts', (value) => `CREATE USER ${literal(value)}@'%';`],
  [
    'servers',
    (value, at) =>
      `CREATE SERVER far_${at} FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'ledger', DATABASE 'ledger', USER 'ledger', PASSWORD ${literal(value)});`,
  ],
  [
    'connections of tables that are elsewhere',
    (value, at) =>
      `CREATE TABLE remote_${at} (id INT) ENGINE=BLACKHOLE CONNECTION=${literal(`mysql://ledger:${value}@ledger/l/t`)};`,
  ],
  [
    'other databases',
    (value, at) =>
      `CREATE DATABASE other_${at};\nCREATE TABLE other_${at}.t AS SELECT ${literal(value)} AS v;`,
  ],
  [
    'general log',
    (value) =>
      `SET GLOBAL log_output = 'TABLE', GLOBAL general_log = 1;\nDO LENGTH(${literal(value)});\nSET GLOBAL general_log = 0;`,
  ],
  [
    'slow log',
    (value) =>
      `SET GLOBAL log_output = 'TABLE', GLOBAL slow_query_log = 1, SESSION slow_query_log = 1, SESSION long_query_time = 0;\nSELECT LENGTH(${literal(value)});\nSET GLOBAL slow_query_log = 0, SESSION long_query_time = 10;`,
  ],
]

/** What is stored of a password: enough to log in with an old client, and to try passwords against. */
function passwords(count: number): Plant {
  const hashes = Array.from(
    { length: count },
    (_, at) => `*${createHash('sha1').update(`password ${at}`).digest('hex').toUpperCase()}`,
  )
  return {
    place: 'passwords of accounts',
    values: hashes,
    sql: hashes
      .map((hash, at) => `CREATE USER login_${at}@'%' IDENTIFIED BY PASSWORD ${literal(hash)};`)
      .join('\n'),
  }
}

/** How many orders there were is nobody's business either. */
function positions(place: string, count: number, sqlOf: Sql): Plant {
  const from = new Invented(place)
  const values = Array.from({ length: count }, () => `7${from.characters(14, '0123456789')}`)
  return { place, values, sql: values.map(sqlOf).join('\n') }
}
