import { describe, expect, test } from 'vitest'
import { type Scene, said } from './scene.ts'

const psql = (sql: string) => `psql "$DATABASE_URL" -XAtq <<'END'\n${sql}\nEND\n`

const forbidden: readonly [what: string, sql: string][] = [
  ['run a program by COPY', "COPY (SELECT 1) TO PROGRAM 'id > /tmp/id'"],
  [
    'read a file of the server by COPY',
    "CREATE TABLE pg_temp.t (l text); COPY t FROM '/etc/passwd'",
  ],
  ['write a file of the server by COPY', "COPY (SELECT 1) TO '/tmp/planted'"],
  ['read a file by a function', "SELECT pg_read_file('/etc/passwd')"],
  ['list a directory', "SELECT pg_ls_dir('/')"],
  ['import a large object', "SELECT lo_import('/etc/passwd')"],
  ['export a large object', "SELECT lo_export(lo_from_bytea(0, 'x'), '/tmp/planted')"],
  ['create an untrusted extension', 'CREATE EXTENSION file_fdw'],
  ['create an untrusted language', 'CREATE EXTENSION plpython3u'],
  [
    'write a function in C',
    "CREATE FUNCTION f() RETURNS int AS '/lib/x86_64-linux-gnu/libc.so.6', 'getpid' LANGUAGE c",
  ],
  ['load a library', "LOAD '/tmp/evil.so'"],
  ['read the passwords', 'SELECT rolpassword FROM pg_authid'],
  ['make itself superuser', 'ALTER ROLE app SUPERUSER'],
  ['make a role', 'CREATE ROLE twin SUPERUSER LOGIN'],
  ['become another role', 'SET ROLE postgres'],
  ['change the server', "ALTER SYSTEM SET archive_command = 'id'"],
  [
    'end the server’s other sessions',
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
  ],
  ['reload a file of rules', 'SELECT pg_reload_conf()'],
]

export function describeDatabase(scene: () => Scene): void {
  describe('the role in the database', () => {
    test('has no attribute that reaches out of its database', async () => {
      const attributes =
        'SELECT rolname, rolsuper, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user'
      expect(await said(scene().box, psql(attributes))).toMatch(/^\w+\|f\|f\|f\|f\n$/)
      const memberships =
        "SELECT r.rolname FROM pg_roles r WHERE pg_has_role(r.oid, 'MEMBER') AND r.rolname <> current_user"
      expect(await said(scene().box, psql(memberships))).not.toMatch(
        /pg_(execute_server|read_server|write_server|checkpoint|signal)/,
      )
    })

    test.each(forbidden)('cannot %s', async (_what, sql) => {
      expect(await said(scene().box, psql(sql))).toMatch(/^(psql:.*)?ERROR:/m)
    })

    test('cannot call out', async () => {
      const call = "CREATE EXTENSION dblink; SELECT dblink_connect('host=192.0.2.1 dbname=x')"
      expect(await said(scene().box, psql(call))).toMatch(/ERROR:/)
    })

    test('owns what was copied, and may wreck it', async () => {
      expect(await said(scene().box, psql('BEGIN; DROP TABLE people; ROLLBACK'))).toBe('')
    })
  })

  describe('another sandbox’s', () => {
    test('rows and files are not here, though both come from one snapshot', async () => {
      const { box, other } = scene()
      const mark = `mark-${other.id}`
      await said(
        other,
        `${psql(`UPDATE people SET name = '${mark}' WHERE id = 1`)}echo ${mark} > /workspace/${mark}; echo ${mark} > /tmp/${mark}; echo ${mark} > /dev/shm/${mark}`,
      )
      const tampered = psql('SELECT name FROM people WHERE id = 1')
      expect(await said(other, tampered)).toBe(`${mark}\n`)

      expect(await said(box, tampered)).not.toContain(mark)
      expect(
        await said(box, `ls -d /workspace/${mark} /tmp/${mark} /dev/shm/${mark} 2>/dev/null`),
      ).toBe('')
      expect(
        await said(box, 'grep -c stuntdouble /proc/mounts; cat /proc/self/mountinfo'),
      ).not.toContain(other.id)
      expect(
        await said(
          box,
          `cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'`,
        ),
      ).not.toContain(other.id)
    })
  })
}
