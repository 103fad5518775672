import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Sandbox } from '@stuntdouble/sdk'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../lib/command-result.ts'
import { openEngine } from '../lib/container-runtime.ts'
import { disposeAll } from '../lib/dispose-all.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { type PlainContainer, startPlain } from './plain-container.ts'
import { said } from './scene.ts'

let stuntdouble: Stuntdouble
let plain: PlainContainer
let box: Sandbox

beforeAll(async () => {
  stuntdouble = await Stuntdouble.open({
    files: { 'sandbox.yaml': 'ttl: 20m\nworkspace: { from: ./in }\n', 'in/kept': 'kept\n' },
  })
  plain = await startPlain()
  const { url } = await stuntdouble.json<{ url: string }>(['up'])
  box = await Sandbox.connect(url)
})
afterAll(() => disposeAll(plain, stuntdouble))

/** Goes on inside until it is disposed. */
async function running(script: string): Promise<AsyncDisposable> {
  const process = await box.commands.start(['bash', '-c', script])
  process.stdout.resume()
  process.stderr.resume()
  return process
}

/** What a request came to: its bytes’ length, or the code it was refused with. */
const outcomeOf = (work: Promise<{ readonly length: number }>) =>
  work.then(
    ({ length }) => length,
    (cause) => (cause instanceof SandboxError ? cause.code : String(cause)),
  )

const seconds = (from: number) => (performance.now() - from) / 1000

describe('while a file is read', () => {
  test('it may grow as fast as it is read: as much comes as it had', async () => {
    const grow =
      'head -c 1000000 /dev/zero > grows; while :; do head -c 1000000 /dev/zero >> grows; done'
    const endless = await plain.said(
      `cd /tmp; mkfifo p; (timeout 3 cat p | wc -c) & yes > p & wait %1; timeout 3 tail -c +1 -f /etc/passwd > /dev/null; echo "ended with $?"`,
    )
    expect(endless).toContain('ended with 124')

    await using _growing = await running(`cd /workspace; timeout 5 bash -c '${grow}'`)
    await expect.poll(() => box.files.exists('grows')).toBe(true)
    const started = performance.now()
    expect(await outcomeOf(box.files.read('grows'))).toEqual(expect.any(Number))
    expect(seconds(started)).toBeLessThan(15)
  })

  test('its name may become a pipe: no request waits for ever', async () => {
    const swap = 'while :; do rm -f x; echo file > x; rm -f x; mkfifo x; done'
    const hung = await plain.said(
      `cd /tmp; (${swap}) & until=$((SECONDS + 20)); while [ $SECONDS -lt $until ]; do if [ -f x ]; then timeout 1 cat x > /dev/null 2>&1; [ $? = 124 ] && echo HUNG && break; fi; done; kill %1`,
    )
    expect(hung).toContain('HUNG')

    await using _swapping = await running(`cd /workspace; ${swap}`)
    const started = performance.now()
    const outcomes = await Promise.all([...Array(24)].map(() => outcomeOf(box.files.read('x'))))
    expect(seconds(started)).toBeLessThan(45)
    for (const outcome of outcomes) {
      expect([0, 5, 'forbidden', 'file_not_found', 'timed_out']).toContain(outcome)
    }
  })

  test('its reader may be stopped from inside: the request ends and says so', async () => {
    const stopped = await plain.said(
      'cd /tmp; timeout 3 sh -c "sleep 0.2; kill -STOP \\$\\$; echo never"; echo "ended with $?"',
    )
    expect(stopped).toMatch(/ended with (124|137)/)
    await said(box, 'head -c 60000000 /dev/zero > /workspace/large')

    await using _stopping = await running('while :; do pkill -STOP -x head; done')
    const started = performance.now()
    // Before its first byte a problem is told; after it the connection is all that can be cut.
    expect(['timed_out', 'orchestrator_unreachable']).toContain(
      await outcomeOf(box.files.read('large')),
    )
    expect(seconds(started)).toBeLessThan(60)
  })

  test('it may shrink: what came is not passed for whole', async () => {
    const shrink = 'while :; do head -c 30000000 /dev/zero > s; truncate -s 10 s; done'
    await using _shrinking = await running(`cd /workspace; ${shrink}`)
    await expect.poll(() => box.files.exists('s')).toBe(true)
    const { gatewayUrl = '' } = (await stuntdouble.orchestrator()) ?? {}

    const whole: boolean[] = []
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const { claimed, length } = await asked(`${gatewayUrl}/s/${box.token}/files/workspace/s`)
      if (claimed > 0 && length !== undefined) whole.push(length === claimed)
    }
    expect(whole).not.toContain(false)
  })
})

describe('a link in the way', () => {
  test('leads a request of the engine’s to what only root may read, and ours nowhere', async () => {
    await plain.said('mkdir -p /workspace/d; ln -s /etc /workspace/d/etc')
    const container = (await openEngine()).getContainer(plain.id)
    const archive = await container.getArchive({ path: '/workspace/d/etc/shadow' })
    expect(await text(archive)).toContain('root:')

    await said(box, 'mkdir -p /workspace/d; ln -s /etc /workspace/d/etc')
    expect(await outcomeOf(box.files.read('d/etc/shadow'))).toBe('forbidden')
    expect(await outcomeOf(box.files.write('d/etc/passwd', 'x').then(() => ''))).toBe('forbidden')
  })

  test('may take a directory’s place during a walk: nothing of root’s comes out', async () => {
    const swap =
      'while :; do rm -rf w; mkdir -p w; echo mine > w/shadow; rm -rf w; ln -s /etc w; done'
    await using _swapping = await running(`cd /workspace; ${swap}`)
    const out = join(stuntdouble.project, 'walked')
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await rm(out, { recursive: true, force: true })
      await stuntdouble.run(['cp', `${box.id}:w`, 'walked'])
      const names = await readdir(out).catch(() => [])
      for (const name of names.filter((each) => each === 'shadow')) {
        expect(await readFile(join(out, name), 'utf8')).toBe('mine\n')
      }
    }
  })
})

describe('what is copied out', () => {
  test('is plain files: where tar makes links, programs of another’s and climbs', async () => {
    const tree =
      'mkdir -p evil/.git/hooks evil/sub; echo x > evil/.git/hooks/post-checkout; ln -s /etc/passwd evil/link; echo s > evil/setuid; chmod 4755 evil/setuid; mkfifo evil/pipe; echo ok > evil/sub/ok; ln evil/setuid evil/hard'
    await said(box, `cd /workspace; ${tree}`)
    const bare = join(stuntdouble.root, 'bare')
    await mkdir(bare)
    const script = `${tree}; tar -cf evil.tar evil; mkdir out; tar -xpf evil.tar -C out; [ -u out/evil/setuid ] && [ -L out/evil/link ] && [ -e out/evil/.git/hooks/post-checkout ] && echo WON`
    expect(await here(bare, script)).toContain('WON')

    const { exitCode, stderr } = await stuntdouble.run(['cp', `${box.id}:evil`, 'evil'])
    expect(exitCode, stderr).toBe(0)
    const out = join(stuntdouble.project, 'evil')
    expect((await readdir(out, { recursive: true })).toSorted()).toEqual([
      ...['hard', 'setuid', 'sub', 'sub/ok'],
    ])
    expect((await lstat(join(out, 'setuid'))).mode & 0o7111).toBe(0)
    expect(stderr.match(/Left out/g)).toHaveLength(3)
  })

  test('is nothing at all where it does not come to an end', async () => {
    await said(
      box,
      'cd /workspace; d=deep; for n in $(seq 80); do d=$d/d; done; mkdir -p $d; echo x > deep/first',
    )
    const { exitCode } = await stuntdouble.run(['cp', `${box.id}:deep`, 'deep'])

    expect(exitCode).toBe(5)
    expect(
      (await readdir(stuntdouble.project)).filter((name) => /deep|stuntdouble-cp/.test(name)),
    ).toEqual([])
  })
})

describe('an archive that is sent in', () => {
  test.each([
    ['climbs', 'echo x > ../won; tar -cPf /tmp/e.tar ../won; rm ../won', '/workspace/won'],
    [
      'names a place of its own',
      'echo x > /tmp/won; tar -cPf /tmp/e.tar /tmp/won; rm /tmp/won',
      '/tmp/won',
    ],
    [
      'goes through a link',
      'ln -s /tmp l; tar -cPf /tmp/e.tar l; rm l; mkdir l; echo x > l/won; tar -rPf /tmp/e.tar l/won; rm -r l',
      '/tmp/won',
    ],
  ])('that %s gets out of where tar unpacks it, and not past us', async (...[, make, won]) => {
    const script = `mkdir -p /workspace/in; cd /workspace/in; rm -rf /tmp/e.tar; ${make}`
    const unpacked = await plain.said(
      `${script}; tar -xPf /tmp/e.tar; [ -e ${won} ] && echo WON; rm -rf ${won} l`,
    )
    expect(unpacked).toContain('WON')

    await said(box, script)
    const archive = await box.files.read('/tmp/e.tar')
    await expect(box.files.unpack('in', archive)).rejects.toMatchObject({ code: 'policy_refused' })
    expect(await box.files.exists(won)).toBe(false)
    expect(await box.files.list('in')).toEqual([])
  })

  test('and is stopped from inside is told so, and leaves nothing of it', async () => {
    await said(
      box,
      'mkdir -p /workspace/many; cd /workspace/many; for n in $(seq 300); do echo $n > $n; done; tar -cf /tmp/many.tar .',
    )
    const archive = await box.files.read('/tmp/many.tar')
    await using _killing = await running('while :; do pkill -KILL -x tar; done')
    const outcome = await box.files.unpack('into', archive).then(
      ({ entries }) => entries,
      (cause) => (cause instanceof SandboxError ? cause.code : String(cause)),
    )

    expect(['forbidden', 301]).toContain(outcome)
    if (outcome === 'forbidden') expect(await box.files.list('into')).toEqual([])
  })
})

describe('what is told of changes', () => {
  test('is told although the workspace is swapped, grown and stopped meanwhile', async () => {
    // No more than can be read in the time it has: how long it takes is not what is attacked here.
    const swap = 'mkdir r; echo a > r/f; rm -rf r; ln -s /etc r; rm r; mkfifo r'
    const grow = 'head -c 100000 /dev/zero >> g; [ $(stat -c %s g) -lt 30000000 ] || rm g'
    await said(box, 'cd /workspace; rm -rf w grows large many in into evil deep')
    const restless = `cd /workspace; rm -rf r; while :; do ${swap}; ${grow}; rm r; done`
    await using _restless = await running(restless)
    const started = performance.now()
    const outcome = await stuntdouble.run(['diff', box.id, '--stat'])

    expect([0, 1], outcome.stderr).toContain(outcome.exitCode)
    expect(outcome.stdout).not.toMatch(/ r\/(?!f )/)
    expect(seconds(started)).toBeLessThan(130)
  })

  test('is refused, and no pod stays, where the agent stops what reads it', async () => {
    await said(box, 'cd /workspace; rm -rf large s g grows x w r d evil deep; truncate -s 400M big')
    const engine = await openEngine()
    const pods = async () => {
      const label = `dev.stuntdouble.installation=${await stuntdouble.installation()}`
      return (
        await engine.listContainers({ all: true, filters: JSON.stringify({ label: [label] }) })
      ).length
    }
    const before = await pods()
    await using _stopping = await running(
      'while :; do pkill -STOP -x tar; pkill -STOP -x find; done',
    )
    // It may come too late; an agent has many tries.
    let told: Told
    do told = await toldOfChanges()
    while (told.exitCode === 0)

    expect(told.exitCode, told.stderr).toBe(124)
    expect(told.seconds).toBeLessThan(60)
    expect(told.stderr).toContain('timed_out')
    await expect.poll(pods, { timeout: 20_000 }).toBe(before)
  })
})

type Told = Awaited<ReturnType<typeof toldOfChanges>>

async function toldOfChanges() {
  const started = performance.now()
  const { exitCode, stderr } = await stuntdouble.run(['diff', box.id, '--json'])
  return { exitCode, stderr, seconds: seconds(started) }
}

/** What was said of a file’s size, and how much came; undefined when the connection was cut. */
async function asked(url: string) {
  try {
    const response = await fetch(url, { headers: { connection: 'close' } })
    const claimed = Number(response.headers.get('x-stuntdouble-size'))
    return { claimed, length: (await response.arrayBuffer()).byteLength }
  } catch {
    return { claimed: 0, length: undefined }
  }
}

async function here(cwd: string, script: string): Promise<string> {
  const result = await runCommand({
    ...{ file: 'bash', args: ['-c', script], cwd, timeoutMs: 20_000 },
    env: { PATH: '/usr/bin:/bin' },
  })
  return result.stdout + result.stderr
}
