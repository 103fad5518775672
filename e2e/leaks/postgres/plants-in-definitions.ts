import { type Holder, plantsIn } from '../holders.ts'
import { literal } from '../plant.ts'

const table = (name: string, rest = 'code text') => `CREATE TABLE ${name} (id int, ${rest});`
const dropTable = (name: string) => `DROP TABLE ${name} CASCADE`

const holders: readonly Holder[] = [
  {
    place: 'enum labels',
    create: (name, text) => `CREATE TYPE ${name} AS ENUM ('none', ${literal(text)});`,
    called: (name) => [`enum public.${name}`],
    drop: (name) => `DROP TYPE ${name}`,
    room: 60,
  },
  {
    place: 'defaults',
    create: (name, text) => table(name, `code text DEFAULT ${literal(text)}`),
    called: (name) => [`default of public.${name}.code`],
    drop: (name) => `ALTER TABLE ${name} ALTER code DROP DEFAULT`,
  },
  {
    place: 'generated expressions',
    create: (name, text) =>
      table(name, `code text, secret text GENERATED ALWAYS AS (code || ${literal(text)}) STORED`),
    called: (name) => [`table public.${name}`],
    drop: (name) => `ALTER TABLE ${name} DROP COLUMN secret`,
  },
  {
    place: 'CHECK bodies',
    create: (name, text) =>
      table(name, `code text CONSTRAINT ${name}_ok CHECK (code <> ${literal(text)})`),
    called: (name) => [`constraint public.${name}.${name}_ok`],
    drop: dropTable,
  },
  {
    place: 'domain checks',
    create: (name, text) =>
      `CREATE DOMAIN ${name} AS text CONSTRAINT ${name}_ok CHECK (VALUE <> ${literal(text)});`,
    called: (name) => [`constraint ${name}_ok of domain public.${name}`],
    drop: (name) => `DROP DOMAIN ${name}`,
  },
  {
    place: 'partition bounds',
    create: (name, text) =>
      `CREATE TABLE ${name} (id int, owner text) PARTITION BY LIST (owner); CREATE TABLE ${name}_a PARTITION OF ${name} FOR VALUES IN (${literal(text)}); CREATE TABLE ${name}_rest PARTITION OF ${name} DEFAULT;`,
    called: (name) => [`partition public.${name}_a`],
    drop: dropTable,
  },
  {
    place: 'index predicates',
    create: (name, text) =>
      `${table(name)} CREATE INDEX ${name}_i ON ${name} (id) WHERE code = ${literal(text)};`,
    called: (name) => [`index public.${name}_i`],
    drop: dropTable,
  },
  {
    place: 'statistics expressions',
    create: (name, text) =>
      `${table(name)} CREATE STATISTICS ${name}_s ON (code = ${literal(text)}), id FROM ${name};`,
    called: (name) => [`statistics ${name}_s`],
    drop: dropTable,
  },
  {
    place: 'view bodies',
    create: (name, text) => `CREATE VIEW ${name} AS SELECT 1 AS one WHERE ${literal(text)} <> '';`,
    called: (name) => [`view public.${name}`],
    drop: (name) => `DROP VIEW ${name}`,
  },
  {
    place: 'materialized view bodies',
    create: (name, text) => `CREATE MATERIALIZED VIEW ${name} AS SELECT ${literal(text)} AS one;`,
    called: (name) => [`materialized view public.${name}`],
    drop: (name) => `DROP MATERIALIZED VIEW ${name}`,
  },
  {
    place: 'function bodies',
    create: (name, text) => `CREATE FUNCTION ${name}() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN
      -- ask ${text}
      RETURN 'see the comment'; END $f$;`,
    called: (name) => [`function public.${name}()`],
    drop: (name) => `DROP FUNCTION ${name}`,
  },
  {
    place: 'function arguments and settings',
    create: (name, text) =>
      `CREATE FUNCTION ${name}(a text DEFAULT ${literal(text)}) RETURNS int LANGUAGE sql SET application_name = ${literal(text)} AS 'SELECT 1';`,
    called: (name) => [`function public.${name}(text)`],
    drop: (name) => `DROP FUNCTION ${name}`,
  },
  {
    place: 'aggregates',
    create: (name, text) =>
      `CREATE AGGREGATE ${name}(text) (SFUNC = textcat, STYPE = text, INITCOND = ${literal(text)});`,
    called: (name) => [`aggregate public.${name}`],
    drop: (name) => `DROP AGGREGATE ${name}(text)`,
  },
  {
    place: 'trigger arguments',
    create: (name, text) => `${table(name)}
      CREATE FUNCTION ${name}_f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER ${name}_t BEFORE INSERT ON ${name} FOR EACH ROW EXECUTE FUNCTION ${name}_f(${literal(text)});`,
    called: (name) => [`trigger public.${name}.${name}_t`],
    drop: dropTable,
  },
  {
    place: 'rules',
    create: (name, text) =>
      `${table(name)} CREATE RULE ${name}_r AS ON INSERT TO ${name} WHERE NEW.code = ${literal(text)} DO INSTEAD NOTHING;`,
    called: (name) => [`rule public.${name}.${name}_r`],
    drop: dropTable,
  },
  {
    place: 'policies',
    create: (name, text) =>
      `${table(name)} CREATE POLICY ${name}_p ON ${name} USING (code = ${literal(text)});`,
    called: (name) => [`policy public.${name}.${name}_p`],
    drop: dropTable,
  },
  {
    place: 'names of objects',
    room: 45,
    create: (name, text) => table(`"${name} ${text}"`),
    called: (name) => [`table public.${name}`],
    drop: (name) =>
      `DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relname LIKE '${name} %' LOOP EXECUTE 'DROP TABLE ' || t; END LOOP; END $$`,
  },
]

export const plantsInDefinitions = (count: number) => plantsIn(holders, count)
