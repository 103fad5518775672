import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dataFilesOf } from '../lib/data-files.ts'
import { type Scene, said } from './scene.ts'

/** What must be nowhere but in the orchestrator’s state directory: name → value. */
async function secretsOf({ stuntdouble, production, box, other }: Scene) {
  const state = (name: string) =>
    readFile(join(stuntdouble.root, 'state/stuntdouble', name), 'utf8')
  const maskingKey = (await state('masking-key')).trim()
  const pem = (await state('signing-key.pem')).split('\n')
  return {
    apiKey: (await state('api-key')).trim(),
    maskingKey,
    signingKey: pem[1] ?? '',
    sourcePassword: new URL(production.url).password,
    sourceUser: `reader:${new URL(production.url).password}`,
    adminPassword: new URL(production.adminUrl).password,
    token: box.token,
    otherToken: other.token,
  }
}

const named = (secrets: Readonly<Record<string, string>>, text: string | Buffer) =>
  Object.entries(secrets)
    .filter(([, value]) => text.includes(value))
    .map(([name]) => name)

/** Every file the agent may read, of the image and of what is mounted; /tmp holds the list itself. */
const search = `
  find / -xdev -type f -readable -print0 2>/dev/null | xargs -0 grep -lFf /tmp/wanted -- 2>/dev/null
  grep -rlFf /tmp/wanted /workspace /home /run /dev/shm 2>/dev/null`

const joinHalves = `
  paste -d '' /tmp/left /tmp/right >/tmp/wanted
  rm /tmp/left /tmp/right
  head -1 /tmp/wanted >/workspace/planted`

export function describeSecrets(scene: () => Scene): void {
  describe('keys, tokens and the source’s password', () => {
    test('are real', async () => {
      const secrets = Object.values(await secretsOf(scene()))

      expect(secrets.every((secret) => secret.length >= 32)).toBe(true)
    })

    test('are in no environment, process or file inside', async () => {
      const secrets = await secretsOf(scene())
      const everywhere = `
        env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/self/mountinfo 2>/dev/null | tr '\\0' '\\n'
        cat /etc/hosts /etc/hostname /etc/resolv.conf`
      const output = await said(scene().box, everywhere)
      expect(output).toContain('DATABASE_URL=')
      expect(named(secrets, output)).toEqual([])

      const { files } = scene().box
      // Whole they are not let in.
      const halves = (cut: (text: string, middle: number) => string) =>
        Object.values(secrets).map((text) => cut(text, text.length >> 1))
      await files.write('/tmp/left', halves((text, middle) => text.slice(0, middle)).join('\n'))
      await files.write('/tmp/right', halves((text, middle) => text.slice(middle)).join('\n'))
      await said(scene().box, joinHalves)
      const found = await said(scene().box, search)
      await Promise.all(['/tmp/wanted', '/workspace/planted'].map((path) => files.remove(path)))
      // The search itself works: it finds what was planted, and nothing else.
      expect(found).toBe('/workspace/planted\n')
    })

    test('are in no catalog of the database, and in none of its files', async () => {
      const secrets = await secretsOf(scene())
      const catalogs = [
        'pg_settings',
        'pg_roles',
        'pg_stat_activity',
        'pg_file_settings',
        'pg_db_role_setting',
        'pg_user_mapping',
        'pg_foreign_server',
        'pg_shdescription',
      ]
      const dumps = catalogs.map((catalog) => `psql "$DATABASE_URL" -XAtc 'TABLE ${catalog}'`)
      const output = await said(scene().box, dumps.join('\n'))
      expect(output).toContain('|')
      expect(named(secrets, output)).toEqual([])

      expect(named(secrets, await dataFilesOf(scene().box.id, 'db'))).toEqual([])
    })

    test('are in no event and not in the orchestrator’s log', async () => {
      const secrets = await secretsOf(scene())
      const events = await Promise.all(
        [scene().box, scene().other].map(({ id }) => scene().control.events(id)),
      )
      expect(events.flat().length).toBeGreaterThan(10)
      expect(named(secrets, JSON.stringify(events))).toEqual([])

      const log = await scene().stuntdouble.log(1_000_000)
      expect(log).toContain('listening')
      expect(named(secrets, log)).toEqual([])
    })

    test('are in none of the orchestrator’s answers but the one that hands over', async () => {
      const secrets = await secretsOf(scene())
      const { url = '', key = '' } = (await scene().stuntdouble.orchestrator()) ?? {}
      const paths = [
        'health',
        'openapi.json',
        'doctor',
        'sources',
        'snapshots',
        'sandboxes?all=true',
      ]
      for (const path of paths) {
        const answer = await fetch(`${url}/v1/${path}`, {
          headers: { authorization: `Bearer ${key}` },
        })
        expect(answer.status).toBe(200)
        expect(named(secrets, await answer.text())).toEqual([])
      }
    })

    test('are kept where only the operator can read', async () => {
      const { root } = scene().stuntdouble
      const modeOf = async (name: string) =>
        ((await stat(join(root, 'state/stuntdouble', name))).mode & 0o777).toString(8)

      expect(await modeOf('.')).toBe('700')
      const keys = ['api-key', 'masking-key', 'signing-key.pem', 'orchestrator.json']
      for (const name of [...keys, 'orchestrator.log']) expect(await modeOf(name), name).toBe('600')
    })
  })
}
