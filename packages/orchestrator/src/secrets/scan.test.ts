import { readdirSync } from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { pack } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { openSecrets } from './testing/secrets-under-test.ts'
import { zipOf } from './testing/zip.ts'

const token = `ghp_${'a1B2'.repeat(9)}`
const known = 'correct-horse-battery'

async function tarOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const tar = pack()
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, Buffer.from(content))
  tar.finalize()
  return Buffer.concat(await Array.fromAsync(tar as AsyncIterable<Buffer>))
}

describe('a scan', () => {
  test('names file, line and what it looks like, and never the value', async () => {
    using under = openSecrets({ vault: known })
    const files = {
      'src/a.ts': `one\ntwo\nconst t = '${token}'\n`,
      'notes.md': `\n${Buffer.from(`x${known}`).toString('base64')}`,
      'ok.ts': 'nothing here',
    }
    const report = await under.scan(files)

    expect(await under.found(files)).toEqual([
      'src/a.ts:3 looks like a secret (github)',
      'notes.md:2 holds the registered secret "vault", base64',
    ])
    expect(report).toMatchObject({ clean: false, files: 3 })
    expect(JSON.stringify(report)).not.toMatch(/a1B2a1B2|correct-horse/)
  })

  test('of what is harmless is clean, and leaves nothing on disk', async () => {
    using under = openSecrets({ vault: known })

    expect(await under.scan({ 'a.txt': 'hello', 'b/.env.example': 'A=\n' })).toMatchObject({
      ...{ clean: true, findings: [], files: 2 },
    })
    expect(readdirSync(under.directory)).toEqual([])
  })

  test('sees a secret across any two windows and chunks, on its line', async () => {
    using under = openSecrets({ vault: known })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -40, max: 40 }), async (shift) => {
        const before = `${'x'.repeat(1023)}\n`.repeat(1024).slice(0, 1024 ** 2 - 16_384 + shift)
        const line = before.split('\n').length
        for (const secret of [known, token])
          expect(await under.found({ big: `${before} ${secret} ${'y'.repeat(90_000)}` })).toEqual([
            expect.stringMatching(new RegExp(`^big:${line} `)),
          ])
      }),
      { numRuns: 12 },
    )
  })

  test('passes by what the operator accepted, by its code, and nothing beside it', async () => {
    using under = openSecrets()
    const files = { 'fixture.txt': `${token}\n` }
    const [{ code = '', hint = '' } = {}] = (await under.scan(files)).findings
    using accepting = openSecrets({}, { accept: [code] })

    expect(hint).toContain(code)
    expect(await accepting.scan(files)).toMatchObject({ clean: true, accepted: 1 })
    expect(await accepting.scan({ 'other.txt': token })).toMatchObject({ clean: false })
    expect(await accepting.scan({ 'fixture.txt': token.replace('a', 'c') })).toMatchObject({
      clean: false,
    })
  })

  test('that takes too long fails, and so lets nothing in', async () => {
    using under = openSecrets({}, { timeout: '1s' })
    await using scan = await under.secrets.scan(new AbortController().signal)
    async function* endless() {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        yield Buffer.alloc(1024 ** 2, 'x')
      }
    }

    await expect(scan.content('endless', endless())).rejects.toMatchObject({ code: 'scan_failed' })
  })
})

/** "\\nlogin ${known}\\n", by `xz -9`. */
const loginXz =
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jMAQAcCmxvZ2luIGNvcnJlY3QtaG9yc2UtYmF0dGVyeQoAAAAArEwuW9lO0NgAATUdRBux4R+2830BAAAAAARZWg=='
/** The first sixty bytes of 9999 times "x". */
const cutXz = '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4CcOACtdADxv+7/+o7Fe5fg/sqomVfhocEFwFQ+N/R5MG4pC'

describe('an archive is opened', () => {
  const inside = { 'deep/config.yml': `a: 1\nkey: ${token}\n` }

  test.each([
    ['a zip', async () => zipOf(inside)],
    ['a tar', () => tarOf(inside)],
    ['a tar.gz', async () => gzipSync(await tarOf(inside))],
    ['a tar.zst', async () => zstdCompressSync(await tarOf(inside))],
  ])('%s', async (_what, make) => {
    using under = openSecrets()

    expect(await under.found({ 'backup.bin': await make() })).toContain(
      'backup.bin » deep/config.yml:2 looks like a secret (github)',
    )
  })

  test('a log that was compressed alone', async () => {
    using under = openSecrets({ vault: known })

    expect(await under.found({ 'app.log.1.gz': gzipSync(`\nlogin ${known}\n`) })).toEqual([
      'app.log.1.gz » content:2 holds the registered secret "vault", as it is',
    ])
  })

  test('by xz, as apt leaves its logs in images', async () => {
    using under = openSecrets({ vault: known })

    expect(await under.found({ 'eipp.log.xz': Buffer.from(loginXz, 'base64') })).toContain(
      'eipp.log.xz » content:2 holds the registered secret "vault", as it is',
    )
  })

  test('and the names in it count', async () => {
    using under = openSecrets()

    expect(await under.found({ 'home.zip': zipOf({ '.aws/credentials': 'x' }) })).toEqual([
      'home.zip » .aws/credentials a file of this name holds secrets',
    ])
  })

  test.each([
    ['one within another', async () => zipOf({ 'inner.zip': zipOf({ a: 'b' }) })],
    ['one with a password', async () => zipOf({ a: 'b' }, { encrypted: true })],
    ['one that is broken', async () => zipOf({ a: 'b'.repeat(99) }).subarray(0, 60)],
    ['one that is cut off', async () => gzipSync('x'.repeat(9999)).subarray(0, 25)],
    ['one that is cut off, of xz', async () => Buffer.from(cutXz, 'base64')],
    ['one of another kind', async () => Buffer.from('377abcaf271c0004', 'hex')],
  ])('%s cannot be, and is refused', async (_what, make) => {
    using under = openSecrets()

    expect(await under.found({ 'a.bin': await make() })).toEqual([
      expect.stringMatching(/^a\.bin.* an archive /),
    ])
  })
})
