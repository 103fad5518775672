import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine } from '../lib/container-runtime.ts'
import { ensureImage } from '../lib/images.ts'
import { startProduction } from '../lib/production.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { plainSaid, withEveryPower } from './plain-container.ts'
import { said } from './scene.ts'

const probe = `python3 - <<'PROBE'
${readFileSync(join(import.meta.dirname, 'syscalls/probe.py'), 'utf8')}
PROBE`
const configuration = `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
`
const browserImage = 'stuntdouble-test-browser'

const scope = new AsyncDisposableStack()
let control: ControlClient
let box: Sandbox
beforeAll(async () => {
  const production = scope.use(await startProduction())
  await production.query('CREATE TABLE things (id int PRIMARY KEY); INSERT INTO things VALUES (1)')
  const stuntdouble = scope.use(
    await Stuntdouble.open({
      files: { 'stuntdouble.yaml': configuration },
      env: { SHOP_URL: production.url },
    }),
  )
  await stuntdouble.json(['data', 'review', '--source', 'shop'])
  await stuntdouble.json(['snapshot', 'build', '--source', 'shop'])
  control = await stuntdouble.control()
  box = await boxOf({ data: { db: { source: 'shop' } } })
})
afterAll(() => scope.disposeAsync())

const boxOf = async (blueprint: object) =>
  Sandbox.of(await control.createSandbox({ ttl: '15m', blueprint }), control)

/** What each call came to, by its name. */
const outcomes = (output: string) =>
  new Map(
    output
      .split('\n')
      .filter((line) => line.includes('\t'))
      .map((line) => line.split('\t') as [string, string]),
  )

describe('a system call that nobody at work needs', () => {
  test('gets to the kernel of an unprotected container, and from a sandbox it does not', async () => {
    const unprotected = outcomes(await plainSaid(probe, withEveryPower))
    const ours = outcomes(await said(box, probe))

    expect(unprotected.size).toBeGreaterThan(60)
    expect([...ours.keys()]).toEqual([...unprotected.keys()])
    for (const [call, outcome] of unprotected) {
      expect(outcome, `${call}, unprotected`).not.toBe('EPERM')
      // clone3 must look absent, so that libc takes clone; another ABI ends the process.
      const refusal = call === 'clone3' ? 'ENOSYS' : / ABI$/.test(call) ? 'SIGSYS' : 'EPERM'
      expect(ours.get(call), call).toBe(refusal)
    }
  })

  test('is refused to a program that gives up its own limits first', async () => {
    const output = await said(
      box,
      'ulimit -c unlimited 2>&1; ulimit -n 100000 2>&1; ulimit -f unlimited 2>&1; ulimit -c',
    )
    expect(output.match(/cannot modify limit/g)).toHaveLength(3)
  })
})

/** Prints what it should, or the reason why not. */
const work: readonly [what: string, script: string, output: string][] = [
  ['bash', 'for n in 1 2; do (echo $n | cat) & done; wait; coproc cat; echo <(:) | wc -l', '1'],
  [
    'git',
    'git init -q r && cd r && git config user.email a@b.example && git config user.name a && echo x > f && git add f && git commit -qm x && git gc -q && git clone -q . ../r2 && git -C ../r2 log --oneline | wc -l',
    '1',
  ],
  [
    'Node',
    `node -e '
      const { Worker } = require("node:worker_threads"); const { execFileSync } = require("node:child_process");
      const fs = require("node:fs"); fs.watch(".").close();
      new Worker("require(\\"worker_threads\\").parentPort.postMessage(crypto.randomUUID().length)", { eval: true })
        .on("message", (length) => console.log(length, execFileSync("echo", ["child"]).toString().trim(), require("node:os").networkInterfaces().lo.length))'`,
    '36 child 1',
  ],
  [
    'npm',
    'mkdir p && cd p && npm init -y >/dev/null && npm pkg set scripts.go="echo went" && npm run --silent go && npm pack --silent',
    'went\np-1.0.0.tgz',
  ],
  [
    'Python',
    `python3 -c '
import asyncio, multiprocessing, sqlite3, subprocess, tempfile, threading
from concurrent.futures import ProcessPoolExecutor
async def main():
    program = await asyncio.create_subprocess_exec("true")
    return await program.wait()
if __name__ == "__main__":
    print(asyncio.run(main()), list(ProcessPoolExecutor(2).map(abs, [-1, -2])), sqlite3.connect(tempfile.mktemp()).execute("select 3").fetchone()[0], subprocess.run(["true"]).returncode)'`,
    '0 [1, 2] 3 0',
  ],
  ['a virtual environment', 'python3 -m venv v && v/bin/python -c "import pip; print(1)"', '1'],
  [
    'psql and Postgres',
    `psql "$DATABASE_URL" -XAtq -c 'CREATE TABLE t AS SELECT generate_series(1, 50000) n' -c 'CREATE INDEX ON t (n)' -c 'VACUUM ANALYZE t' -c 'SET max_parallel_workers_per_gather = 2; SELECT count(*) FROM t'`,
    '50000',
  ],
]

describe('under the same filter works', () => {
  test.each(work)('%s', async (_what, script, output) => {
    const complete = `cd "$(mktemp -d -p /workspace)" && ${script}`
    expect((await said(box, complete)).trim()).toContain(output)
  })

  test('a headless browser', async () => {
    await makeBrowserImage()
    const browser = await boxOf({
      workspace: { image: browserImage },
      limits: { memory: '2g', pids: 512 },
    })
    await browser.files.write('/workspace/page.html', page)
    const output = await said(
      browser,
      'chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --virtual-time-budget=5000 --dump-dom file:///workspace/page.html',
    )

    expect(output).toContain('<p>42 from a worker</p>')
    await browser.kill()
  })
})

const page = `<script>
  const program = new Blob(['postMessage(6 * 7)'])
  new Worker(URL.createObjectURL(program)).onmessage = ({ data }) => {
    document.body.innerHTML = '<p>' + data + ' from a worker</p>'
  }
</script><body></body>`

/**
 * Half a gigabyte that few agents need: an image for this test alone, which stays for the next run.
 * Built in the host's network, as our own are.
 */
async function makeBrowserImage(): Promise<void> {
  await ensureImage('stuntdouble/workspace')
  const context = await mkdtemp(join(tmpdir(), 'image-'))
  await writeFile(join(context, 'Dockerfile'), browserDockerfile)
  const engine = await openEngine()
  const options = { t: browserImage, networkmode: 'host' }
  const output = await engine.buildImage({ context, src: ['Dockerfile'] }, options)
  await new Promise((resolve, reject) =>
    engine.modem.followProgress(output, (cause) => (cause ? reject(cause) : resolve(null))),
  ).finally(() => rm(context, { recursive: true }))
}

const browserDockerfile = `FROM stuntdouble/workspace
USER root
RUN apt-get update && apt-get install -y --no-install-recommends chromium \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt
USER 1000:1000
`
