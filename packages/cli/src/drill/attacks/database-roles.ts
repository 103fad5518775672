import { type Attack, quoted } from '../attack.ts'

/** What only a superuser may: each reaches out of the database. */
export const superuserOnly: readonly (readonly [what: string, sql: string])[] = [
  ['runs a program by COPY', "COPY (SELECT 1) TO PROGRAM 'cat >/dev/null'"],
  ['reads a file by COPY', "CREATE TEMP TABLE t (l text); COPY t FROM '/etc/passwd'"],
  ['writes a file by COPY', "COPY (SELECT 1) TO '/tmp/planted'"],
  ['reads a file by a function', "SELECT pg_read_file('/etc/passwd')"],
  ['lists a directory', "SELECT pg_ls_dir('/')"],
  ['imports a large object', "SELECT lo_import('/etc/passwd')"],
  [
    'exports a large object',
    "SELECT lo_from_bytea(424242, 'x'); SELECT lo_export(424242, '/tmp/exported')",
  ],
  ['creates an extension that reads files', 'CREATE EXTENSION file_fdw'],
  [
    'writes a function in C',
    "CREATE FUNCTION pg_temp.f() RETURNS language_handler AS '$libdir/plpgsql', 'plpgsql_call_handler' LANGUAGE c",
  ],
  ['loads a library', "LOAD '$libdir/plpgsql'"],
  ['reads the passwords', 'SELECT rolpassword FROM pg_authid'],
  ['makes itself superuser', 'ALTER ROLE CURRENT_USER SUPERUSER'],
  ['makes a role', 'CREATE ROLE twin SUPERUSER'],
  ['becomes another role', "SET SESSION AUTHORIZATION 'pg_read_all_data'"],
  ['changes the server', "ALTER SYSTEM SET work_mem = '4MB'"],
  ['has the server read its files again', 'SELECT pg_reload_conf()'],
  [
    'calls out',
    "CREATE EXTENSION dblink; SELECT dblink_connect('host=192.0.2.1 connect_timeout=1')",
  ],
]

/** Its own role in its own database, as the sandbox was given it. */
export const leavesDatabase: Attack = {
  family: 'database-roles',
  title: 'leaves the database by what its role may do',
  script: `
case "\${DATABASE_URL:-}" in postgres*) ;; *) echo 'SKIP no PostgreSQL in this sandbox'; exit ;; esac
run() { psql "$DATABASE_URL" -XAtq -v ON_ERROR_STOP=1 -c "$1" 2>&1; }
[ "$(run 'SELECT 1')" = 1 ] && echo CONTROL
try() { run "BEGIN; $2; ROLLBACK" >/dev/null && echo "WON $1"; }
${superuserOnly.map(([what, sql]) => `try ${quoted(what)} ${quoted(sql)}`).join('\n')}
run "SELECT 'WON ' || a FROM pg_roles, unnest(ARRAY[CASE WHEN rolsuper THEN 'superuser' END,
  CASE WHEN rolcreaterole THEN 'makes roles' END, CASE WHEN rolreplication THEN 'replicates' END,
  CASE WHEN rolbypassrls THEN 'past row security' END]) a WHERE rolname = current_user AND a IS NOT NULL"
run "SELECT 'WON ' || rolname FROM pg_roles WHERE pg_has_role(oid, 'MEMBER')
  AND rolname ~ '^pg_(execute_server|read_server|write_server|checkpoint|signal)'"
true`,
}
