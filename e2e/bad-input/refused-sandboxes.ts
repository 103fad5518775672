import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listLeftovers } from '../lib/leftovers.ts'
import type { Bench } from './bench.ts'

/** Blueprints that are well written and ask for what they may not have. */
export function describeRefusedSandboxes(bench: () => Bench): void {
  describe('a sandbox', () => {
    const up = async (text: string) => {
      await bench().stuntdouble.write({ 'refused.yaml': text })
      return bench().sandbox(['up', '--blueprint', 'refused.yaml'])
    }
    beforeAll(async () => {
      const { project, write } = bench().stuntdouble
      await write.call(bench().stuntdouble, { 'inner/file.txt': 'x' })
      await symlink('/etc', join(project, 'link-out'))
    })

    test.each([
      ['live too long', 'ttl: 30d\n', /ttl of 30d; 24h is allowed/],
      ['have too much memory', 'limits: { memory: 9000g }\n', /memory of 9000g; 8g is allowed/],
      ['have too many processors', 'limits: { cpus: 63 }\n', /cpus: 63; 4 is allowed/],
      ['have too many processes', 'limits: { pids: 32000 }\n', /pids: 32000; 4096 is allowed/],
    ])('that would %s is refused by policy', async (_what, text, word) => {
      bench().expectRefusal(await up(text), 5, word, /stuntdouble\.yaml/)
    })

    test.each([
      ['the directory above', '../..'],
      ['an absolute path', '/etc'],
      ['a link that leads out', 'link-out'],
      ['a detour', 'inner/../../state'],
    ])('that would take its files from %s is refused by policy', async (_what, from) => {
      const result = await up(`workspace: { from: "${from}" }\n`)
      bench().expectRefusal(result, 5, /workspace\.from: .*is not below the blueprint/)
    })

    test('that would bring a secret is refused, with file and line and without the secret', async () => {
      // Assembled so that no scanner takes this file for a leak.
      const key = ['-----BEGIN RSA PRIVATE', ' KEY-----\n', 'MIIEpAIBAAKCAQEA'.repeat(8)].join('')
      const end = '\n-----END RSA PRIVATE KEY-----\n'
      await bench().stuntdouble.write({ 'leaky/notes.txt': `hello\n\n${key}${end}` })
      const result = await up('workspace: { from: leaky }\n')

      bench().expectRefusal(result, 5, /notes\.txt.*\b3\b/)
      expect(result.stderr).not.toContain('MIIEpAIBAAKCAQEA')
    })

    test.each([
      ['a source nobody configured', '{ source: nowhere }', /nowhere/],
      [
        'a snapshot that is not there',
        '{ source: shop, snapshot: snaaaaaaaaaaaa }',
        /snaaaaaaaaaaaa/,
      ],
    ])('of %s is not found', async (_what, data, word) => {
      bench().expectRefusal(await up(`data: { db: ${data} }\n`), 3, word)
    })

    test('was not made by any of these', async () => {
      const { stuntdouble } = bench()
      expect(await stuntdouble.json(['ls', '--all'])).toEqual({ sandboxes: [] })
      expect(await podsOf(bench())).toEqual([])
    })

    test.each([
      ['that does not exist', 'nobody-has/this-image:1', 1],
      ['from a registry that a blueprint names', 'registry.invalid/none:1', 5],
    ])('with an image %s is taken away again', async (_what, image, exitCode) => {
      const result = await up(`workspace: { image: "${image}" }\n`)
      bench().expectRefusal(result, exitCode, new RegExp(image))
      const { sandboxes } = await bench().stuntdouble.json<{ sandboxes: object[] }>(['ls', '--all'])

      expect(sandboxes[0]).toMatchObject({ state: 'ended', endReason: 'failed', clean: true })
      expect(await podsOf(bench())).toEqual([])
    })

    afterAll(async () => expect(await podsOf(bench())).toEqual([]))
  })
}

/** What of sandboxes and builds is on the engine. */
export async function podsOf({ stuntdouble }: Bench): Promise<readonly string[]> {
  const left = await listLeftovers(await stuntdouble.installation())
  return left.map(({ name }) => name).filter((name) => /\bs[bn][a-z0-9]{12}\b/.test(name))
}
