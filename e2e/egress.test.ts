import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { Sandbox } from '@stuntdouble/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { said } from './attacks/scene.ts'
import { certificateFor } from './lib/certificate.ts'
import { disposeAll } from './lib/dispose-all.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'
import { machineAddress, openWeb, type Web } from './lib/web.ts'

const address = await machineAddress()

/** A package of each kind and a repository, made with the tools of the workspace itself. */
const packages = (origin: string) => `set -e
mkdir -p /tmp/m/left-hand /tmp/m/simple/handy /tmp/m/work && cd /tmp/m
printf '{"name":"left-hand","version":"1.0.0","main":"i.js"}' > left-hand/package.json
echo 'module.exports = "a left hand"' > left-hand/i.js
(cd left-hand && npm pack --silent >/dev/null) && mv left-hand/*.tgz . && rm -r left-hand
printf '{"name":"left-hand","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"left-hand","version":"1.0.0","dist":{"tarball":"${origin}/left-hand-1.0.0.tgz"}}}}' > left-hand
python3 - <<'END'
import zipfile
with zipfile.ZipFile('simple/handy/handy-1.0-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('handy.py', 'hand = "a handy one"')
    wheel.writestr('handy-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: handy\\nVersion: 1.0\\n')
    wheel.writestr('handy-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr('handy-1.0.dist-info/RECORD', 'handy.py,,\\nhandy-1.0.dist-info/METADATA,,\\nhandy-1.0.dist-info/WHEEL,,\\nhandy-1.0.dist-info/RECORD,,\\n')
END
echo '<a href="handy-1.0-py3-none-any.whl">handy-1.0-py3-none-any.whl</a>' > simple/handy/index.html
(cd work && git init -q . && echo 'a file' > file && git add file && git commit -qm first)
git clone -q --bare work project.git && git -C project.git update-server-info && rm -rf work
tar cf /workspace/mirror.tar .`

let mirror: Web
let directory: string
let stuntdouble: Stuntdouble
let box: Sandbox
let origin: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mirror-'))
  // npm asks for `localhost` of a server that it reaches by address through a proxy.
  const certificate = await certificateFor(`IP:${address}`, 'DNS:localhost')
  mirror = await openWeb(async ({ url = '/' }, response) => {
    const path = join(directory, normalize(`/${url.split('?')[0]}`))
    const found = await stat(path).catch(() => undefined)
    const file = found?.isDirectory() ? join(path, 'index.html') : path
    if (!found) return void response.writeHead(404).end()
    response.setHeader('content-type', file.endsWith('.html') ? 'text/html' : 'application/json')
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response)
  }, certificate)
  origin = `https://${address}:${mirror.port}`
  const rule = `{ host: ${address}, ports: [${mirror.port}]`
  stuntdouble = await Stuntdouble.open({
    files: {
      'stuntdouble.yaml': `egress:\n  allow:\n    - npm\n    - ${rule}, private: true }\n`,
      'sandbox.yaml': `ttl: 15m\negress:\n  - ${rule} }\n`,
      'greedy.yaml': `ttl: 15m\negress:\n  - npm\n  # more than the operator allows\n  - { host: evil.example }\n`,
    },
  })
  box = await Sandbox.connect((await stuntdouble.json<{ url: string }>(['up'])).url)
  await box.files.write('/workspace/ca.pem', certificate.cert)
  expect(await said(box, packages(origin))).toBe('')
  await writeFile(join(directory, 'mirror.tar'), await box.files.read('/workspace/mirror.tar'))
  await promisify(execFile)('tar', ['xf', 'mirror.tar'], { cwd: directory })
})
afterAll(async () => {
  await disposeAll(stuntdouble, mirror)
  if (directory) await rm(directory, { recursive: true })
})

describe('what a sandbox asks for and its operator allows', () => {
  test.each([
    [
      'npm install',
      () =>
        `cd $(mktemp -d) && npm install --no-audit --no-fund --cafile /workspace/ca.pem --registry ${origin}/ left-hand && node -p 'require("left-hand")'`,
      'a left hand',
    ],
    [
      'pip install',
      () =>
        `pip install --user --cert /workspace/ca.pem --index-url ${origin}/simple handy && python3 -c 'import handy; print(handy.hand)'`,
      'a handy one',
    ],
    [
      'git clone',
      () =>
        `cd $(mktemp -d) && git -c http.sslCAInfo=/workspace/ca.pem clone -q ${origin}/project.git && cat project/file`,
      'a file',
    ],
    ['curl', () => `curl -sS --cacert /workspace/ca.pem ${origin}/simple/handy/`, 'handy-1.0'],
    [
      'Node’s fetch',
      () =>
        `NODE_EXTRA_CA_CERTS=/workspace/ca.pem node -e 'fetch("${origin}/left-hand").then((a) => a.json()).then((a) => console.log(a.name))'`,
      'left-hand',
    ],
    [
      'Python',
      () =>
        `SSL_CERT_FILE=/workspace/ca.pem python3 -c 'import urllib.request as r; print(r.urlopen("${origin}/left-hand").read())'`,
      'left-hand',
    ],
  ])('is there for %s, as it is', async (_what, command, expected) => {
    mirror.heard()

    expect(await said(box, command())).toContain(expected)
    expect(mirror.heard().length).toBeGreaterThan(0)
  })
})

describe('what nobody allowed', () => {
  test.each([
    [
      'npm',
      'npm view left-hand --registry https://registry.example/',
      /403 Blocked by policy; do not retry/,
    ],
    ['pip', 'pip download handy --index-url https://registry.example/', /No matching distribution/],
    ['git', 'git clone https://registry.example/a.git', /CONNECT tunnel failed, response 403/],
    ['curl', 'curl -sS http://registry.example/', /blocked_by_policy/],
    [
      'Python',
      `python3 -c 'import urllib.request as r; r.urlopen("https://registry.example")'`,
      /403 Blocked by policy; do not retry/,
    ],
    ['Node', `node -e 'fetch("https://registry.example")'`, /403/],
  ])('is refused so that %s gives up at once', async (_what, command, word) => {
    const began = performance.now()

    expect(await said(box, command)).toMatch(word)
    expect(performance.now() - began).toBeLessThan(15_000)
  })

  test('is shown by inspect, with how often and why', async () => {
    const { stdout } = await stuntdouble.run(['inspect', box.id])

    expect(stdout).toMatch(/May reach outside:\n {2}\d+\./)
    expect(stdout).toMatch(/\d+ +CONNECT +registry\.example:443 +host_not_allowed/)
    expect(stdout).toMatch(/Let out:\n.*\n\d+ +CONNECT/)
  })

  test('is refused to a blueprint at creation, with its line and what to do', async () => {
    const { exitCode, stderr } = await stuntdouble.run(['up', '--blueprint', 'greedy.yaml'])

    expect(exitCode).toBe(5)
    expect(stderr).toMatch(
      /greedy\.yaml:5: egress\.1: The blueprint asks for more than the operator allows/,
    )
    expect(stderr).toMatch(/hint: .*\{ host: evil\.example \}.*stuntdouble\.yaml/)
  })

  test('is told beforehand, by the rule that decides', async () => {
    const test = (url: string) => stuntdouble.run(['egress', 'test', url])

    expect(await test('https://registry.npmjs.org/x')).toMatchObject({ exitCode: 0 })
    const { exitCode, stdout } = await test('https://evil.example/')
    expect({ exitCode, stdout }).toEqual({
      exitCode: 5,
      stdout: expect.stringMatching(/^DENIED: No rule/),
    })
  })

  test('stays so after the orchestrator was killed and started again', async () => {
    await stuntdouble.stopOrchestrator('SIGKILL')
    await stuntdouble.json(['ls'])
    const again = await Sandbox.connect(
      (await stuntdouble.json<{ url: string }>(['url', box.id])).url,
    )

    expect(await said(again, 'curl -sS http://registry.example/')).toContain('blocked_by_policy')
    expect(await said(again, `curl -sS --cacert ca.pem ${origin}/left-hand`)).toContain('left-hand')
  })

  test('is counted when the sandbox ends', async () => {
    const control = await stuntdouble.control()
    await stuntdouble.json(['down', box.id])
    const total = (await control.events(box.id)).findLast(({ type }) => type === 'egress_total')

    expect(total?.data).toMatchObject({ allowed: 1, denied: 1 })
    expect(total?.data.downloadBytes).toBeGreaterThan(0)
  })
})
