import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { secretsFound } from '../secrets/secrets.ts'
import { openSecrets } from '../secrets/testing/secrets-under-test.ts'
import { inspectArchive } from './archive.ts'

type File = {
  name: string
  content?: string
  type?: 'symlink' | 'fifo' | 'link'
  linkname?: string
}

function tarOf(files: readonly File[]): Readable {
  const tar = pack()
  for (const { content = '', ...header } of files) tar.entry(header, content)
  tar.finalize()
  return Readable.from(tar as AsyncIterable<Buffer>, { objectMode: false })
}

const inspect = (files: readonly File[]) => inspectTar(tarOf(files))

async function inspectTar(tar: Readable) {
  using under = openSecrets()
  const signal = new AbortController().signal
  await using scan = await under.secrets.scan(signal)
  const facts = await inspectArchive(tar, scan, signal)
  const report = await scan.finish()
  if (!report.clean) throw secretsFound('The workspace', report)
  return facts
}

// Assembled so that no scanner takes this file for a leak.
const privateKey = [
  '-----BEGIN RSA PRIVATE',
  ' KEY-----\n',
  'MIIEpAIBAAKCAQEA'.repeat(8),
  '\n-----END RSA PRIVATE KEY-----\n',
].join('')

describe('what may enter a workspace', () => {
  test('plain files are counted', async () => {
    const facts = await inspect([
      { name: 'a.txt', content: 'hello' },
      { name: 'deep/b.txt', content: 'you' },
    ])

    expect(facts).toEqual({ entries: 2, bytes: 8 })
  })

  test.each([
    ['an absolute path', { name: '/etc/passwd' }],
    ['a path that climbs out', { name: 'a/../../b' }],
    ['a link that climbs out', { name: 'a/link', type: 'symlink', linkname: '../../etc' }],
    ['a link to an absolute path', { name: 'link', type: 'symlink', linkname: '/etc' }],
    ['a hard link', { name: 'link', type: 'link', linkname: 'a' }],
    ['a pipe', { name: 'pipe', type: 'fifo' }],
  ] as [string, File][])('%s is refused', async (_what, file) => {
    await expect(inspect([file])).rejects.toMatchObject({ code: 'policy_refused' })
  })

  test.each([
    '.env',
    '.envrc',
    'deploy/prod.env',
    '.vault-token',
    './.env',
    'stuntdouble.yaml',
    'app/.env.production',
    'home/.aws/config',
    'id_rsa',
    'tls/server.pem',
  ])('%s is refused by its name', async (name) => {
    await expect(inspect([{ name }])).rejects.toMatchObject({ code: 'secret_found' })
  })

  test('a template of an environment file may enter', async () => {
    await expect(inspect([{ name: '.env.example', content: 'A=\n' }])).resolves.toBeDefined()
  })

  test('a key in a file is refused with its file and line, and without its value', async () => {
    const content = `# notes\n\n${privateKey}`
    const failure = await inspect([{ name: 'docs/notes.md', content }]).catch((cause) => cause)

    expect(failure).toMatchObject({
      code: 'secret_found',
      details: { file: 'docs/notes.md', line: 3 },
    })
    expect(failure.message).not.toContain('MIIEpAIBAAKCAQEA')
  })

  test('a key far into a large file is found on its line', async () => {
    const content = `${'x'.repeat(99)}\n`.repeat(30_000) + privateKey
    const failure = await inspect([{ name: 'big.txt', content }]).catch((cause) => cause)

    expect(failure).toMatchObject({ code: 'secret_found', details: { line: 30_001 } })
  })

  test('a key in a file of two-byte characters is found', async () => {
    const content = Buffer.from(privateKey, 'utf16le').toString('latin1')
    const tar = pack()
    tar.entry({ name: 'notes.txt' }, Buffer.from(content, 'latin1'))
    tar.finalize()
    const body = Readable.from(tar as AsyncIterable<Buffer>, { objectMode: false })

    await expect(inspectTar(body)).rejects.toMatchObject({
      code: 'secret_found',
    })
  })

  test('what is not a tar is refused', async () => {
    const body = Readable.from([Buffer.alloc(2048, 7)])

    await expect(inspectTar(body)).rejects.toMatchObject({
      code: 'usage',
    })
  })
})
