import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { disposeAll } from '../lib/dispose-all.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { buildImage } from './images-with-secrets.ts'
import { type PlainContainer, startPlain } from './plain-container.ts'

const secret = 'Sommer-0815-in-production'

/** How a secret is hidden in a directory, and how whoever is given that directory gets it out. */
interface Place {
  readonly hide: string
  readonly find: string
  /** Of the file in which it is found. */
  readonly told: RegExp
}

const commit = (message: string) => `git add -A && git commit -qm ${message}`
const inAllObjects = 'git cat-file --batch --batch-all-objects'

const places: Readonly<Record<string, Place>> = {
  'a file': {
    hide: 'mkdir src && printf "a\\nkey=$SECRET\\n" >src/config.ini',
    find: 'cat src/config.ini',
    told: /^src\/config\.ini:2 /,
  },
  'a file that was removed from git': {
    hide: `echo $SECRET >prod.txt && ${commit('add')} && git rm -q prod.txt && ${commit('remove')}`,
    find: 'git log -p',
    told: /^\.git: prod\.txt in commit \w{12} \(blob \w{12}\):1 /,
  },
  'a packed object': {
    hide: `echo $SECRET >prod.txt && ${commit('add')} && git rm -q prod.txt && ${commit('rm')} && git gc -q`,
    find: 'git log -p',
    told: /^\.git: prod\.txt in commit/,
  },
  'a dropped stash': {
    hide: 'echo $SECRET >>readme && git stash -q && git stash drop -q',
    find: inAllObjects,
    told: /^\.git: readme in commit/,
  },
  'a commit that only the reflog has': {
    hide: `echo $SECRET >x && ${commit('x')} && git reset -q --hard HEAD~1`,
    find: 'git show ORIG_HEAD',
    told: /^\.git: x in commit/,
  },
  'a commit’s message': {
    hide: 'git commit -q --allow-empty -m "deploy with $SECRET"',
    find: 'git log',
    told: /^\.git/,
  },
  'credentials in .git/config': {
    hide: 'git remote add origin https://ci:$SECRET@git.example/a.git',
    find: 'git remote -v',
    told: /^\.git\/config:\d+ /,
  },
  'the URL of a submodule': {
    hide: 'git config -f .gitmodules submodule.a.url https://ci:$SECRET@git.example/b.git',
    find: 'cat .gitmodules',
    told: /^\.gitmodules:2 /,
  },
  'a zip': {
    hide: `python3 -c "import zipfile,os; zipfile.ZipFile('a.zip','w',8).writestr('b/c.txt', os.environ['SECRET']*9)"`,
    find: `python3 -c "import zipfile; print(zipfile.ZipFile('a.zip').read('b/c.txt'))"`,
    told: /^a\.zip » b\/c\.txt:1 /,
  },
  'a tar.gz': {
    hide: 'echo $SECRET >c.txt && tar czf a.tgz c.txt && rm c.txt',
    find: 'tar xzOf a.tgz',
    told: /^a\.tgz » c\.txt:1 /,
  },
  'a log that was rotated': {
    hide: 'echo "INFO connecting with $SECRET" | gzip >app.log.2.gz',
    find: 'zcat app.log.2.gz',
    told: /^app\.log\.2\.gz » content:1 /,
  },
  'base64 in JSON': {
    hide: `printf '{\\n"auth":"%s"}' "$(printf 'user:%s' $SECRET | base64 -w0)" >docker.json`,
    find: `python3 -c "import json,base64; print(base64.b64decode(json.load(open('docker.json'))['auth']))"`,
    told: /^docker\.json:2 /,
  },
  'UTF-16': {
    hide: 'echo $SECRET | iconv -t UTF-16LE >notes.txt',
    find: 'iconv -f UTF-16LE notes.txt',
    told: /^notes\.txt:1 /,
  },
}

const script = (hide: string) => `
set -e
export SECRET=${secret} HOME=$PWD GIT_CONFIG_NOSYSTEM=1
git init -q && git config user.name a && git config user.email a@b.example
echo hello >readme && ${commit('first')}
${hide}`

describe('a secret that hides', () => {
  let stuntdouble: Stuntdouble
  let control: ControlClient
  let plain: PlainContainer

  beforeAll(async () => {
    stuntdouble = await Stuntdouble.open({
      files: { 'stuntdouble.yaml': 'secrets: { summer: { env: SUMMER } }\n' },
      env: { SUMMER: secret },
    })
    await stuntdouble.json(['ls'])
    await stuntdouble.json(['secrets', 'check'])
    control = await stuntdouble.control()
    plain = await startPlain()
  })

  afterAll(() => disposeAll(plain, stuntdouble))

  test.each(Object.entries(places))('in %s is found, and is not let in', async (_what, place) => {
    const directory = await mkdtemp(join(tmpdir(), 'hiding-'))
    try {
      const sh = (text: string) => promisify(execFile)('bash', ['-c', text], { cwd: directory })
      await sh(script(place.hide))
      // It is there for whoever is given the directory.
      const { stdout } = await sh(`export HOME=$PWD; ${place.find}`)
      expect(stdout.replaceAll('\0', '')).toContain(secret)

      const tar = join(directory, '..', `${directory.split('/').at(-1)}.tar`)
      await sh(`tar cf ${tar} --transform 's#^./##' --exclude=./.gitconfig .`)
      const content = await readFile(tar)
      await rm(tar)
      const report = await control.checkSecrets(bodyOf(content))
      const found = report.findings.map(({ file, line, what }) => `${file}:${line} ${what}`)
      expect(found).toContainEqual(expect.stringMatching(place.told))
      expect(JSON.stringify(report)).not.toContain(secret)
      await expect(control.uploadWorkspace(bodyOf(content))).rejects.toMatchObject({
        code: 'secret_found',
        message: expect.not.stringContaining(secret),
      })
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  test('behind a link to ~/.ssh stays there', async () => {
    // The link works where nobody looks at it.
    expect(
      await plain.said(
        'mkdir -p ~/.ssh /w; echo k >~/.ssh/id_rsa; ln -s ~/.ssh /w/ssh; cat /w/ssh/id_rsa',
      ),
    ).toContain('k')

    const directory = await mkdtemp(join(tmpdir(), 'hiding-'))
    await promisify(execFile)('bash', ['-c', 'ln -s /root/.ssh ssh; tar cf t.tar ssh'], {
      cwd: directory,
    })
    const tar = await readFile(join(directory, 't.tar'))
    await rm(directory, { recursive: true })
    await expect(control.uploadWorkspace(bodyOf(tar))).rejects.toMatchObject({
      code: 'policy_refused',
    })
  })

  test.each<[string, readonly string[], RegExp]>([
    [
      'the environment',
      [`ENV GREETING="hello ${secret}"`, 'COPY harmless.txt /opt/'],
      /^settings:\d+/,
    ],
    ['a file', ['COPY secret.txt /opt/config'], /^layer \w{12}: \/opt\/config:1/],
    [
      'a layer that a later one covers',
      ['COPY secret.txt /opt/config', 'COPY harmless.txt /opt/config'],
      /^layer \w{12}: \/opt\/config:1/,
    ],
  ])('in %s of an image starts nothing', async (_what, lines, told) => {
    await using image = await buildImage(lines, secret)
    // It is there for whoever is given the image.
    expect((await image.saved()).includes(secret)).toBe(true)

    const blueprint = { workspace: { image: image.name } }
    const refused = await control.createSandbox({ blueprint }).catch((cause) => cause)
    expect(refused).toMatchObject({
      code: 'secret_found',
      message: expect.stringMatching(told),
      hint: expect.stringContaining(`The image ${image.name} was refused`),
    })
    expect(JSON.stringify(refused)).not.toContain(secret)
    expect(await stuntdouble.json(['ls'])).toEqual({ sandboxes: [] })
  })

  test('in the environment of a service starts nothing', async () => {
    const web = {
      image: 'stuntdouble/workspace',
      command: ['sleep', '9'],
      environment: { A: secret },
    }
    const refused = await control
      .createSandbox({ blueprint: { services: { web } } } as never)
      .catch((cause) => cause)

    expect(refused).toMatchObject({
      code: 'secret_found',
      message: expect.stringMatching(/^settings of web:\d+: holds the registered secret "summer"/),
    })
    expect(await stuntdouble.json(['ls'])).toEqual({ sandboxes: [] })
  })

  test('in a file that is sent in later is refused, and nothing of it is there', async () => {
    await stuntdouble.write({ 'late.txt': `a\n${secret}\n`, 'fine.txt': 'b\n' })
    const { id } = await control.createSandbox({ blueprint: { agentsMd: false } } as never)
    const send = (name: string) => stuntdouble.run(['cp', name, `${id}:/workspace/${name}`])

    expect(await send('fine.txt')).toMatchObject({ exitCode: 0 })
    const { exitCode, stderr } = await send('late.txt')
    expect(exitCode).toBe(5)
    expect(stderr).toContain('/workspace/late.txt holds the registered secret "summer", as it is.')
    expect(stderr).not.toContain(secret)
    const { stdout } = await stuntdouble.run(['exec', id, '--', 'ls', '-A', '/workspace'])
    expect(stdout).toBe('fine.txt\n')
    await stuntdouble.json(['down', id])
  })

  test('leaves nothing of a scan on disk', async () => {
    const uploads = join(stuntdouble.root, 'state/stuntdouble/uploads')
    const { stdout } = await promisify(execFile)('ls', [uploads])

    expect((await stat(uploads)).mode & 0o777).toBe(0o700)
    expect(stdout).toBe('')
  })

  test('is told by the command, with its place and what to do', async () => {
    await stuntdouble.write({ 'app/config.ini': `a\nkey=${secret}\n` })
    const { exitCode, stdout } = await stuntdouble.run(['secrets', 'check'])

    expect(exitCode).toBe(5)
    expect(stdout).toContain('app/config.ini:2: holds the registered secret "summer", as it is\n')
    expect(stdout).toMatch(/Write [0-9a-f]{16} under scan\.accept/)
    expect(stdout).not.toContain(secret)
  })
})

const bodyOf = (bytes: Buffer) => Readable.toWeb(Readable.from([bytes])) as never
