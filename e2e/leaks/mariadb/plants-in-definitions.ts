import { type Holder, plantsIn } from '../holders.ts'
import { literal } from '../plant.ts'

const table = (name: string, rest = 'code VARCHAR(255)') =>
  `CREATE TABLE ${name} (id INT, ${rest});`
const dropTable = (name: string) => `DROP TABLE ${name}`
const calledTable = (name: string) => [`table shop.${name}`]
const calledKeys = (name: string) => [`keys of shop.${name}`]

/** What a table is made with. */
const inTables: readonly Holder[] = [
  {
    place: 'enum labels',
    create: (name, text) => table(name, `code ENUM('none', ${literal(text)})`),
    called: calledTable,
    drop: dropTable,
  },
  {
    place: 'set labels',
    create: (name, text) => table(name, `code SET('none', ${literal(text)})`),
    called: calledTable,
    drop: dropTable,
  },
  {
    place: 'defaults',
    create: (name, text) => table(name, `code VARCHAR(255) DEFAULT ${literal(text)}`),
    called: calledTable,
    drop: dropTable,
  },
  {
    place: 'expressions of defaults',
    create: (name, text) =>
      table(name, `code VARCHAR(255) DEFAULT (CONCAT(${literal(text)}, CURDATE()))`),
    called: calledTable,
    drop: dropTable,
  },
  {
    place: 'generated expressions',
    create: (name, text) =>
      table(name, `code VARCHAR(255), made TEXT AS (CONCAT(code, ${literal(text)})) VIRTUAL`),
    called: calledTable,
    drop: dropTable,
  },
  {
    place: 'CHECK bodies of columns',
    create: (name, text) => table(name, `code VARCHAR(255) CHECK (code <> ${literal(text)})`),
    called: calledTable,
    drop: dropTable,
  },
  {
    place: 'CHECK bodies of tables',
    create: (name, text) =>
      table(name, `code VARCHAR(255), CONSTRAINT ok CHECK (code <> ${literal(text)})`),
    called: calledKeys,
    drop: dropTable,
  },
  {
    place: 'partition bounds',
    create: (name, text) =>
      `CREATE TABLE ${name} (id INT, owner VARCHAR(255)) PARTITION BY LIST COLUMNS (owner) (PARTITION a VALUES IN (${literal(text)}), PARTITION rest DEFAULT);`,
    called: calledTable,
    drop: dropTable,
  },
  {
    place: 'names of tables',
    room: 45,
    create: (name, text) => table(`\`${name} ${text}\``),
    called: calledTable,
    drop: (name, text) => dropTable(`\`${name} ${text}\``),
  },
  {
    place: 'names of indexes',
    room: 60,
    create: (name, text) => table(name, `KEY \`${text}\` (id)`),
    called: calledKeys,
    drop: dropTable,
  },
]

const code: readonly Holder[] = [
  {
    place: 'view bodies',
    create: (name, text) => `CREATE VIEW ${name} AS SELECT 1 AS one WHERE ${literal(text)} <> '';`,
    called: (name) => [`view shop.${name}`],
    drop: (name) => `DROP VIEW ${name}`,
  },
  {
    place: 'function bodies',
    create: (name, text) => `CREATE FUNCTION ${name}() RETURNS INT RETURN 1 + /* ask ${text} */ 1;`,
    called: (name) => [`function shop.${name}`],
    drop: (name) => `DROP FUNCTION ${name}`,
  },
  {
    place: 'procedure bodies',
    create: (name, text) =>
      `CREATE PROCEDURE ${name}() BEGIN DECLARE who TEXT DEFAULT ${literal(text)}; SELECT who; END;`,
    called: (name) => [`procedure shop.${name}`],
    drop: (name) => `DROP PROCEDURE ${name}`,
  },
  {
    place: 'trigger bodies',
    create: (name, text) =>
      `${table(name)}\nCREATE TRIGGER ${name}_t BEFORE INSERT ON ${name} FOR EACH ROW SET NEW.code = ${literal(text)};`,
    called: (name) => [`trigger \`${name}_t\``],
    drop: dropTable,
  },
]

export const plantsInDefinitions = (count: number) => plantsIn([...inTables, ...code], count)
