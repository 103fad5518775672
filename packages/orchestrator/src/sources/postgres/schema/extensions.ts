import { quoteIdentifier } from '../identifiers.ts'
import { type Collector, type LeftOut, ranks, type SchemaObject } from './schema-object.ts'

/** Marked trusted by PostgreSQL: the sandbox’s role makes and owns them. */
const trusted = new Set(
  `btree_gin btree_gist citext cube dict_int fuzzystrmatch hstore intarray isn lo ltree pg_trgm
   pgcrypto seg tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp`.split(/\s+/),
)

/** Harmless in a sandbox, but only a superuser may make them. Those after bloom come with other images. */
const privileged = new Set(
  `autoinc bloom dict_xsyn earthdistance insert_username intagg moddatetime pg_buffercache
   pg_stat_statements pgstattuple refint xml2
   postgis postgis_raster postgis_topology postgis_tiger_geocoder vector pg_partman rum hll ip4r
   pg_uuidv7 semver orafce temporal_tables`.split(/\s+/),
)

interface ExtensionRow {
  readonly oid: number
  readonly name: string
  readonly schema: string
}

/**
 * Extensions from an allow-list. They are made before anything the source wrote exists, so that an
 * extension’s script, run by the superuser, meets nothing of the source.
 */
export const collectExtensions: Collector = async (catalog) => {
  const rows = await catalog.rows<ExtensionRow>(
    `SELECT e.oid, e.extname AS name, n.nspname AS schema
       FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname <> 'plpgsql' ORDER BY e.oid`,
  )
  return {
    objects: rows.filter(isOffered).map(extensionObject),
    leftOut: rows.filter((row) => !isOffered(row)).map(leftOut),
  }
}

const isOffered = ({ name }: ExtensionRow) => trusted.has(name) || privileged.has(name)

function extensionObject({ oid, name, schema }: ExtensionRow): SchemaObject {
  const where = schema.startsWith('pg_') ? '' : ` SCHEMA ${quoteIdentifier(schema)}`
  return {
    key: `pg_extension:${oid}`,
    rank: ranks.extension,
    what: `extension ${name}`,
    sql: [`CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)}${where}`],
    ...(privileged.has(name) ? { privileged: true as const } : {}),
  }
}

const leftOut = ({ oid, name }: ExtensionRow): LeftOut => ({
  key: `pg_extension:${oid}`,
  what: `extension ${name}`,
  why: 'is not among the extensions a sandbox offers',
})
