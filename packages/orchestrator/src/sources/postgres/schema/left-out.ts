import type { Finding } from '@stuntdouble/sdk/wire'
import type { Catalog, LeftOut } from './schema-object.ts'

export const leftOutFinding = ({ what, why }: LeftOut): Finding => ({
  severity: 'warning',
  where: what,
  message: `Left out: it ${why}.`,
})

const ofUser = `c.oid >= 16384 AND c.relnamespace <> 'pg_toast'::regnamespace AND NOT EXISTS
  (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

/** Kinds of things that never come along, whatever they depend on. Counted, never read. */
const kinds: readonly { what: string; why: string; sql: string }[] = [
  {
    what: 'foreign servers',
    why: 'a sandbox reaches no other server, and their options hold passwords',
    sql: 'SELECT count(*) FROM pg_foreign_server',
  },
  {
    what: 'user mappings',
    why: 'they hold passwords',
    sql: 'SELECT count(*) FROM pg_user_mappings',
  },
  {
    what: 'subscriptions',
    why: 'they hold passwords and would reach other servers',
    sql: 'SELECT count(oid) FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())',
  },
  {
    what: 'publications',
    why: 'nothing subscribes to a sandbox',
    sql: 'SELECT count(*) FROM pg_publication',
  },
  {
    what: 'event triggers',
    why: 'they need a superuser',
    sql: `SELECT count(*) FROM pg_event_trigger t WHERE NOT EXISTS
            (SELECT FROM pg_depend d WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = t.oid AND d.deptype IN ('e', 'i'))`,
  },
  {
    what: 'large objects',
    why: 'nobody can answer for what they hold',
    sql: 'SELECT count(*) FROM pg_largeobject_metadata',
  },
  {
    what: 'settings of roles and databases',
    why: 'they may hold secrets',
    sql: `SELECT count(*) FROM pg_db_role_setting
           WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))`,
  },
  {
    what: 'passwords of roles',
    why: 'a sandbox has one role, with a password of its own',
    sql: 'SELECT count(*) FROM pg_roles WHERE rolcanlogin',
  },
  {
    what: 'security labels',
    why: 'they are free text for a module that a sandbox does not have',
    sql: 'SELECT count(*) FROM pg_seclabels',
  },
  {
    what: 'comments',
    why: 'people write names and passwords into them',
    sql: `SELECT count(*) FROM pg_description c WHERE c.objoid >= 16384 AND c.classoid <> 'pg_extension'::regclass
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = c.classoid AND d.objid = c.objoid AND d.deptype = 'e')`,
  },
  {
    what: 'operators of its own',
    why: 'they are not supported yet',
    sql: `SELECT count(*) FROM pg_operator o WHERE o.oid >= 16384 AND NOT EXISTS
            (SELECT FROM pg_depend d WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype IN ('e', 'i'))`,
  },
  {
    what: 'casts of its own',
    why: 'they are not supported yet',
    sql: `SELECT count(*) FROM pg_cast o WHERE o.oid >= 16384 AND NOT EXISTS
            (SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = o.oid AND d.deptype IN ('e', 'i'))`,
  },
  {
    what: 'text search configurations',
    why: 'they are not supported yet',
    sql: `SELECT count(*) FROM pg_ts_config o WHERE o.oid >= 16384 AND NOT EXISTS
            (SELECT FROM pg_depend d WHERE d.classid = 'pg_ts_config'::regclass AND d.objid = o.oid AND d.deptype IN ('e', 'i'))`,
  },
  {
    what: 'scheduled jobs',
    why: 'nothing in a sandbox runs by itself',
    sql: "SELECT count(*) FROM pg_extension WHERE extname IN ('pg_cron', 'pgagent', 'pg_timetable')",
  },
  {
    what: 'grants',
    why: 'everything in a sandbox belongs to the one role that uses it',
    sql: `SELECT count(*) FROM pg_class c WHERE c.relacl IS NOT NULL AND ${ofUser}`,
  },
  {
    what: 'owners other than one',
    why: 'everything in a sandbox belongs to the one role that uses it',
    sql: `SELECT count(DISTINCT c.relowner) - 1 FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND ${ofUser} HAVING count(*) > 0`,
  },
  {
    what: 'default privileges',
    why: 'a sandbox has one role',
    sql: 'SELECT count(*) FROM pg_default_acl',
  },
  {
    what: 'tablespaces of tables and indexes',
    why: 'a sandbox has one disk',
    sql: `SELECT count(*) FROM pg_class c WHERE c.reltablespace <> 0 AND ${ofUser}`,
  },
  {
    what: 'storage, compression or statistics settings of columns',
    why: 'they change how fast a server is, not what it answers',
    sql: `SELECT count(*) FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid
           WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'm') AND ${ofUser}
             AND (a.attstorage <> t.typstorage OR a.attoptions IS NOT NULL OR coalesce(to_jsonb(a)->>'attstattarget', '-1') <> '-1'
                  OR coalesce(to_jsonb(a)->>'attcompression', '') <> '')`,
  },
  {
    what: 'orders of tables by an index (CLUSTER)',
    why: 'rows stand as they were read',
    sql: 'SELECT count(*) FROM pg_index WHERE indisclustered AND indrelid >= 16384',
  },
  {
    what: 'security labels',
    why: 'what they mean is outside the database',
    sql: 'SELECT count(*) FROM pg_seclabel',
  },
]

export async function findKindsLeftOut(catalog: Catalog): Promise<readonly Finding[]> {
  const columns = kinds.map(({ sql }, at) => `coalesce((${sql}), 0)::int AS k${at}`)
  const [counts] = await catalog.rows<Record<string, number>>(`SELECT ${columns.join(', ')}`)
  return kinds.flatMap(({ what, why }, at): Finding[] => {
    const count = counts?.[`k${at}`] ?? 0
    if (count === 0) return []
    return [
      {
        severity: 'info',
        where: 'database',
        message: `Left out: ${what} (${count}), because ${why}.`,
      },
    ]
  })
}
