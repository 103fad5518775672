import { createHash } from 'node:crypto'
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listLeftovers } from './lib/leftovers.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const configuration = `sources:
  uploads: { kind: files, path: "\${env:UPLOADS}", policy: ./uploads-masking.yaml }
  scratch: { kind: files, path: "\${env:UPLOADS}", stance: empty }
`
const blueprint = `ttl: 30m
files:
  uploads: { source: uploads, path: /data/uploads }
  scratch: { source: scratch, path: /workspace/scratch }
`
const policy = `
"avatars/{email}.png": placeholder
"letters/{full_name}/*.txt": text
"exports/*.json": { json: { "$.email": email, "$.plan": keep } }
"scans/**": empty
"static/**": keep
"tmp/link": drop
`

const people = Array.from({ length: 20 }, (_, index) => ({
  name: `Annegret Musterfrau${'abcdefghij'[index % 10]}${'klmn'[Math.floor(index / 10)]}`,
  email: `annegret.${index}@musterfrau-${index % 7}.de`,
}))

async function fill(root: string): Promise<void> {
  const put = async (path: string, content: string | Buffer, mode = 0o600) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content, { mode })
  }
  for (const [index, { name, email }] of people.entries()) {
    await put(`avatars/${email}.png`, `a picture of ${name}`)
    await put(`letters/${name}/1.txt`, `Dear ${name}, we write to ${email} as promised.\n`)
    await put(`exports/${index}.json`, JSON.stringify({ email, plan: 'gold', name }))
    await put(`scans/${index}.tiff`, Buffer.alloc(1000, email))
  }
  await put('static/css/main.css', 'body { color: red }\n')
  await put('static/run.sh', '#!/bin/sh\necho made\n', 0o755)
  await put('static/large.bin', Buffer.alloc(20 * 1024 ** 2, 7))
  await mkdir(join(root, 'tmp'))
  await symlink('/etc/passwd', join(root, 'tmp/link'))
}

/** Of every name, type, mode, time of change and byte below a directory. */
async function digestOf(root: string): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await readdir(root, { recursive: true })).sort()) {
    const stat = await lstat(join(root, name))
    hash.update(`${name}\0${stat.mode}\0${stat.mtimeMs}\0${stat.ctimeMs}\0${stat.ino}\0`)
    if (stat.isFile()) hash.update(await readFile(join(root, name)))
  }
  return hash.digest('hex')
}

interface Journey extends AsyncDisposable {
  readonly uploads: string
  readonly before: string
  readonly stuntdouble: Stuntdouble
  readonly handed: { readonly id: string; readonly url: string; readonly files: object }
  readonly box: Sandbox
}

async function travel(): Promise<Journey> {
  await using scope = new AsyncDisposableStack()
  const uploads = await mkdtemp('/tmp/sd-uploads-')
  scope.defer(() => rm(uploads, { recursive: true, force: true }))
  await fill(uploads)
  const before = await digestOf(uploads)
  const stuntdouble = scope.use(
    await Stuntdouble.open({
      files: {
        ...{ 'stuntdouble.yaml': configuration, 'sandbox.yaml': blueprint },
        'uploads-masking.yaml': policy,
      },
      env: { UPLOADS: uploads },
    }),
  )
  await stuntdouble.json(['snapshot', 'build', '--source', 'uploads'])
  await stuntdouble.json(['snapshot', 'build', '--source', 'scratch'])
  const handed = await stuntdouble.json<Journey['handed']>(['up'])
  const box = await Sandbox.connect(handed.url)
  const parts = scope.move()
  const dispose = () => parts.disposeAsync()
  return { uploads, before, stuntdouble, handed, box, [Symbol.asyncDispose]: dispose }
}

describe('files, copied, masked and wrecked', () => {
  let journey: Journey
  beforeAll(async () => {
    journey = await travel()
  })
  afterAll(() => journey?.[Symbol.asyncDispose]())

  const inside = async (command: string) => {
    const { stdout, stderr } = await journey.box.commands.run(`cd /data/uploads && ${command}`)
    return `${stdout}${stderr}`.trim()
  }

  test('are where the blueprint says, and the hand-over tells it', async () => {
    expect(journey.handed.files).toMatchObject({
      uploads: { path: '/data/uploads', source: 'uploads' },
      scratch: { path: '/workspace/scratch', source: 'scratch' },
    })
    expect(await inside('find . -type f | wc -l')).toBe('83')
    expect(await inside('find /workspace/scratch')).toBe('/workspace/scratch')
    const page = await fetch(journey.handed.url, { headers: { accept: 'text/plain' } })
    expect(await page.text()).toContain('  uploads: /data/uploads\n')
  })

  test('hold what their policy says, of files that belong to the agent', async () => {
    expect(await inside('file -b --mime-type avatars/*.png | sort | uniq -c')).toMatch(
      /^20 image\/png$/,
    )
    expect(await inside('ls avatars | grep -cE "^[^ ]+@example.com.png$"')).toBe('20')
    expect(await inside('jq -r .plan exports/*.json | sort | uniq -c')).toMatch(/^20 gold$/)
    expect(await inside('jq -r .email exports/3.json')).toMatch(/@example\.com$/)
    expect(await inside('find scans -type f -size +0')).toBe('')
    expect(await inside('cat letters/*/1.txt | wc -l')).toBe('20')
    expect(await inside('static/run.sh')).toBe('made')
    expect(await inside('sha256sum <static/large.bin')).toContain(
      createHash('sha256')
        .update(Buffer.alloc(20 * 1024 ** 2, 7))
        .digest('hex'),
    )
    expect(await inside('stat -c "%u:%g %a %Y" static/run.sh static/css/main.css')).toBe(
      '1000:1000 755 0\n1000:1000 644 0',
    )
  })

  test('no name or address of a person is in any name or byte', async () => {
    expect(await inside('grep -raciE "musterfrau|annegret" . | grep -v ":0$"')).toBe('')
    expect(await inside('find . | grep -iE "musterfrau|annegret"')).toBe('')
    expect(await inside('find . -type l')).toBe('')
  })

  test('can be wrecked by the agent while production stays as it is, byte for byte', async () => {
    expect(await inside('rm -rf avatars && echo x >static/css/main.css && touch new')).toBe('')
    expect(await inside('ls | sort | tr "\\n" " "')).toBe('exports letters new scans static')
    expect(await digestOf(journey.uploads)).toBe(journey.before)
  })

  test('another sandbox has them as they were', async () => {
    const other = await journey.stuntdouble.json<Journey['handed']>(['up'])
    const box = await Sandbox.connect(other.url)
    const { stdout } = await box.commands.run('find /data/uploads -type f | wc -l')
    expect(stdout.trim()).toBe('83')
    expect(await journey.stuntdouble.json(['down', other.id])).toMatchObject({ clean: true })
  })

  test.each([
    ['over the system', 'uploads: { source: uploads, path: /etc }', 'a path below /data'],
    ['over the workspace', 'uploads: { source: uploads, path: /workspace }', 'a path below /data'],
    ['through ..', 'uploads: { source: uploads, path: /data/../etc }', 'a path below /data'],
    [
      'one in another',
      'a: { source: uploads, path: /data/a }, b: { source: uploads, path: /data/a/b }',
      'no path may be another',
    ],
  ])('a blueprint cannot have them mounted %s', async (_, files, message) => {
    await journey.stuntdouble.write({ 'bad.yaml': `files: { ${files} }\n` })
    const { exitCode, stderr } = await journey.stuntdouble.run(['up', '--blueprint', 'bad.yaml'])
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain(message)
  })

  test('a blueprint that names them as a database is told how to name them', async () => {
    await journey.stuntdouble.write({ 'bad.yaml': 'data: { db: { source: uploads } }\n' })
    const { exitCode, stderr } = await journey.stuntdouble.run(['up', '--blueprint', 'bad.yaml'])
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain('{ source: uploads, path: /data/db }')
  })

  test('after it is ended the receipt is clean and the engine holds nothing of it', async () => {
    const receipt = await journey.stuntdouble.json<object>(['down', journey.box.id])
    const left = await listLeftovers(await journey.stuntdouble.installation())

    expect(receipt).toMatchObject({ clean: true, doubts: [] })
    expect(JSON.stringify(receipt)).toContain(`${journey.box.id}--uploads`)
    expect(left.filter(({ name }) => name.includes(journey.box.id))).toEqual([])
  })
})
