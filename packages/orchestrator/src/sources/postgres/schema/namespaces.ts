import { quoteIdentifier } from '../identifiers.ts'
import { type Collector, ownedByUser, ranks } from './schema-object.ts'

/** Schemas, also those that hold nothing but an extension; `public` is there from the start. */
export const collectSchemas: Collector = async (catalog) => {
  const rows = await catalog.rows<{ oid: number; name: string }>(
    `SELECT n.oid, n.nspname AS name FROM pg_namespace n
      WHERE ${ownedByUser('pg_namespace', 'n.oid')} AND n.nspname !~ '^pg_'
        AND (n.oid = ANY($1) OR n.oid IN (SELECT extnamespace FROM pg_extension WHERE extname <> 'plpgsql'))
      ORDER BY n.nspname`,
    [catalog.schemas],
  )
  return {
    objects: rows.map(({ oid, name }) => ({
      key: `pg_namespace:${oid}`,
      rank: ranks.schema,
      what: `schema ${name}`,
      sql: name === 'public' ? [] : [`CREATE SCHEMA ${quoteIdentifier(name)}`],
    })),
  }
}

/** Roles that policies name. They cannot log in, have no password and own nothing. */
export const collectRoles: Collector = async (catalog) => {
  const rows = await catalog.rows<{ oid: number; name: string }>(
    `SELECT DISTINCT r.oid, r.rolname AS name
       FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
       CROSS JOIN unnest(p.polroles) AS role JOIN pg_roles r ON r.oid = role
      WHERE c.relnamespace = ANY($1) AND ${ownedByUser('pg_class', 'c.oid')}
        AND r.rolname !~ '^pg_' ORDER BY r.rolname`,
    [catalog.schemas],
  )
  return {
    objects: rows.map(({ oid, name }) => ({
      key: `pg_authid:${oid}`,
      rank: ranks.role,
      what: `role ${name}`,
      sql: [createRole(name)],
      privileged: true,
    })),
  }
}

/** PostgreSQL has no CREATE ROLE IF NOT EXISTS; `app` may be one of the source’s names too. */
const createRole = (name: string) => {
  const quoted = quoteIdentifier(name)
  return `DO ${dollarQuote(
    `BEGIN CREATE ROLE ${quoted} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END`,
  )}`
}

function dollarQuote(text: string): string {
  let tag = '$do$'
  for (let n = 0; text.includes(tag); n++) tag = `$do${n}$`
  return `${tag}${text}${tag}`
}
