import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { SandboxError } from '@stuntdouble/sdk/errors'
import fc from 'fast-check'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fuzz } from '../../../../script/lib/fuzz.ts'
import { openSecrets } from '../secrets/testing/secrets-under-test.ts'
import { inspectArchive } from './archive.ts'

const piece = fc.constantFrom('a', 'b', '..', '.', '', '...', 'ü', ' ', '-', '\\..', '%2e%2e')
const path = fc
  .tuple(fc.constantFrom('', '/', './', '//'), fc.array(piece, { minLength: 1, maxLength: 6 }))
  .map(([head, pieces]) => `${head}${pieces.join('/')}`)
const entry = fc.record({
  name: path.filter((name) => name.length > 0),
  type: fc.constantFrom('file', 'directory', 'symlink', 'link', 'fifo', 'character-device'),
  linkname: path,
})
type Entry = typeof entry extends fc.Arbitrary<infer Type> ? Type : never

async function archiveOf(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack()
  for (const { name, type, linkname } of entries) tar.entry({ name, type, linkname } as never, '')
  tar.finalize()
  return buffer(tar as unknown as AsyncIterable<Buffer>)
}

const inside = (name: string) => {
  const whole = posix.resolve('/workspace', name)
  return whole === '/workspace' || whole.startsWith('/workspace/')
}

let secrets: ReturnType<typeof openSecrets>
beforeAll(() => {
  secrets = openSecrets()
})
afterAll(() => secrets?.[Symbol.dispose]())

async function isTaken(bytes: Buffer): Promise<boolean> {
  const signal = AbortSignal.timeout(10_000)
  await using scan = await secrets.secrets.scan(signal)
  try {
    await inspectArchive(Readable.from([bytes]), scan, signal)
    return true
  } catch (cause) {
    expect(cause).toBeInstanceOf(SandboxError)
    return false
  }
}

test('an archive that is taken holds nothing that leads out of the workspace', async () => {
  await fuzz(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 4 }), async (entries) => {
      if (!(await isTaken(await archiveOf(entries)))) return
      for (const { name, type, linkname } of entries) {
        expect(['file', 'directory', 'symlink']).toContain(type)
        expect(inside(name), name).toBe(true)
        if (type === 'symlink') expect(inside(posix.join(posix.dirname(name), linkname))).toBe(true)
      }
    }),
  )
})

test('bytes of any kind are taken or refused, and never fail otherwise', async () => {
  const changed = fc.tuple(
    fc.array(entry, { maxLength: 2 }),
    fc.array(fc.tuple(fc.nat(1023), fc.nat(255)), { maxLength: 8 }),
  )
  await fuzz(
    fc.asyncProperty(changed, async ([entries, changes]) => {
      const bytes = await archiveOf(entries)
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      await isTaken(bytes)
    }),
  )
})
