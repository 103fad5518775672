import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anySignal, aPod, execSpec, startedPod } from '../contract-pods.ts'
import type { PodSpec } from '../engine.ts'
import { type Attack, attacks, type Weakness } from './attacks.ts'
import { openDockerUnderTest } from './docker-under-test.ts'

const under = await openDockerUnderTest()
const docker = new Docker()
const pod = aPod(under)
const other = aPod(under)

beforeAll(async () => {
  await Promise.all([pod, other].map((each) => under.engine.start(each, anySignal())))
  await under.listenInside(other.id, 8080, 'inside')
})
afterAll(() => under[Symbol.asyncDispose]())

describe('a sandbox cannot', () => {
  test.each(attacks.map((attack) => [attack.name, attack] as const))('%s', async (_, attack) => {
    expect(await succeedsUnprotected(attack), 'outside it can').toBe(true)
    expect((await inside(attack.command)).code, 'inside it cannot').not.toBe(0)
  })

  test('reach a listener on the host', async () => {
    await using host = await listeningHost()
    const command = dialGateway(host.port)

    expect(await succeedsUnprotected({ name: 'dial', command, weakness: agent })).toBe(true)
    expect((await inside(command)).code).not.toBe(0)
    expect((await inside(dial('127.0.0.1', host.port))).code).not.toBe(0)
    expect((await inside(dial('172.17.0.1', host.port))).code).not.toBe(0)
  })

  test('see any interface but loopback', async () => {
    const { out } = await inside(['sh', '-c', 'ls /sys/class/net; cat /proc/net/route | wc -l'])
    expect(out.split('\n').filter(Boolean)).toEqual(['lo', '1'])
  })

  test('resolve a name that is not the pod’s own, and learns so quickly', async () => {
    const before = performance.now()
    expect((await inside(['getent', 'hosts', 'example.com'])).code).not.toBe(0)
    expect(performance.now() - before).toBeLessThan(9000)
    expect((await inside(['getent', 'hosts', 'db'])).out).toMatch(/^127\.0\.0\.1\s+db/)
  })

  test('end its gate, look into it or move its deadline', async () => {
    const script = `
      kill -KILL 1; kill -TERM 1; kill -STOP 1
      cat /proc/1/environ && echo read
      ls /proc/1/root/gate && echo listed
      ls /proc/1/fd/ && echo opened
      echo 99999999999 > /proc/1/root/gate/deadline && echo moved
      echo 99999999999 > /gate/deadline && echo moved
      echo flood > /proc/1/fd/1 && echo logged`
    expect((await inside(['sh', '-c', script])).out).toBe('')
    const seen = await under.engine.observe(pod.id, anySignal())
    expect(seen.map(({ state }) => state)).toEqual(['running', 'running', 'running'])
  })

  test('signal the processes of another container of its pod', async () => {
    const script = `
      for each in /proc/[0-9]*; do
        [ "$(stat -c %u $each)" = 1001 ] && kill -9 "\${each#/proc/}" && echo killed
      done`
    expect((await inside(['sh', '-c', script])).out).toBe('')
  })

  test('have more processes, memory or temporary files than its limits', async () => {
    const forks = 'my $n = 0; while (defined(my $p = fork)) { $p or sleep 5, exit; $n++ } print $n'
    expect(Number((await inside(['perl', '-e', forks])).out)).toBeLessThan(64)
    await new Promise((settled) => setTimeout(settled, 6000))
    const eat = 'my $x = "x" x (400 * 2**20); print length $x'
    expect((await inside(['perl', '-e', eat])).out).toBe('')
    const fill = 'head -c 40M /dev/zero > /tmp/fill; stat -c %s /tmp/fill; rm /tmp/fill'
    const filled = Number((await inside(['sh', '-c', fill])).out)
    expect(filled).toBeGreaterThan(0)
    expect(filled).toBeLessThanOrEqual(16 * 2 ** 20)
  })

  test.each([
    ['as root', { uid: 0, gid: 0 }],
    ['as the gate', { uid: 64_000, gid: 64_000 }],
  ])('be given a command that runs %s', async (_, user) => {
    const spec = execSpec(['id'], { user })
    const run = under.engine.exec(pod.id, 'workspace', spec, anySignal())
    await expect(run).rejects.toMatchObject({ code: 'policy_refused' })
  })
})

describe('the way in', () => {
  test.each([
    ['another address', 'PROXY TCP4 127.0.0.1 10.0.0.1 1 8080\r\n'],
    ['every address', 'PROXY TCP4 127.0.0.1 0.0.0.0 1 8080\r\n'],
    ['the way out', 'PROXY TCP4 127.0.0.1 127.0.0.1 1 3128\r\n'],
    ['no destination', 'PROXY UNKNOWN\r\n'],
    ['no PROXY line', 'GET / HTTP/1.0\r\n\r\n'],
  ])('does not lead to %s', async (_, line) => {
    await using _out = await under.engine.listenEgress(other.id, (socket) => void socket.end('out'))
    const socket = connect(join(under.runDirectory, other.id, 'in.sock'))
    socket.on('error', () => {})
    socket.write(line)

    expect(await text(socket).catch(() => '')).toBe('')
  })
})

describe('a gate that was taken over cannot', () => {
  test.each([
    ['lead the orchestrator to another socket', 'ln -s "$1" /gate/in.sock'],
    [
      'do so by a directory',
      'mkdir /gate/d && ln -s "$(dirname "$1")" /gate/d/s; ln -s d/s/in.sock /gate/in.sock',
    ],
    ['put a file in its socket’s place', 'touch /gate/in.sock'],
  ])('%s', async (_, swap) => {
    const spoilt = await startedPod(under)
    await using elsewhere = await listeningSocket()
    const script = `set -e; rm /gate/in.sock; ${swap}`
    expect(await asTheGate(spoilt, ['sh', '-c', script, 'sh', elsewhere.path])).toBe(0)

    const connection = under.engine.connect(spoilt.id, 8080, anySignal())
    await expect(connection).rejects.toMatchObject({ code: 'engine_failed' })
    expect(elsewhere.connections()).toBe(0)
  })

  test.each(['rm -f', 'mv -t /tmp', 'ln -s -f /gate/in.sock'])(
    'take the orchestrator’s own files away: %s',
    async (taking) => {
      const spoilt = await startedPod(under)
      await using _out = await under.engine.listenEgress(spoilt.id, (out) => void out.end('ours'))
      for (const file of ['out.sock', 'deadline']) {
        expect(await asTheGate(spoilt, ['sh', '-c', `${taking} /gate/${file}`])).not.toBe(0)
      }

      expect(await under.readOut(spoilt.id)).toBe('ours')
    },
  )
})

describe('kill reaches', () => {
  test.each([
    ['a child in a session of its own', 'setsid sleep 1000 & sleep 1000'],
    ['an orphan', '(setsid sleep 1000 &) ; sleep 1000'],
    ['a child without an environment', 'env -i sleep 1000 & sleep 1000'],
    ['a program that ignores signals', 'trap "" TERM INT HUP; sleep 1000; sleep 1000'],
    ['what keeps forking', 'f() { sleep 0.01; f & }; f & f & sleep 1000'],
  ])('%s', async (_, script) => {
    const spec = execSpec(['bash', '-c', script])
    const run = await under.engine.exec(pod.id, 'workspace', spec, anySignal())
    run.stdout.resume()
    run.stderr.resume()
    await new Promise((begun) => setTimeout(begun, 200))
    await run.kill()

    expect(await run.exit).toBe(137)
    const left = 'grep -l -s -e sleep.1000 -e 0.01 /proc/[0-9]*/cmdline | grep -v self; true'
    const { out } = await inside(['sh', '-c', left])
    const pids = out.split('\n').filter(Boolean)
    // The two that only the search itself makes have ended by now or carry the pattern as theirs.
    for (const file of pids) expect((await inside(['cat', file])).out).not.toMatch(/^sleep\0/)
  })
})

test('kill reaches a fork bomb that leaves no room for the killer', async () => {
  const { id } = await startedPod(under)
  const bystander = execSpec(['sh', '-c', 'echo here; exec sleep 1000'])
  const other = await under.engine.exec(id, 'workspace', bystander, anySignal())
  // The bomb leaves no room for who comes later.
  await once(other.stdout, 'data')
  const bomb = execSpec(['perl', '-e', 'while (1) { fork }'])
  const run = await under.engine.exec(id, 'workspace', bomb, anySignal())
  await new Promise((grown) => setTimeout(grown, 2000))
  await run.kill()

  expect(await run.exit).toBe(137)
  const count = execSpec(['sh', '-c', 'cat /proc/[0-9]*/comm | grep -c -e perl -e sleep'])
  const counted = await under.engine.exec(id, 'workspace', count, anySignal())
  // The two main processes, and the bystander.
  expect(await text(counted.stdout)).toBe('3\n')
  await other.kill()
  const seen = await under.engine.inventory(id, [], anySignal())
  expect(seen.filter(({ kind }) => kind === 'container')).toHaveLength(3)
})

const agent: Weakness = { user: '1000:1000' }

/** What a hole in the gate’s own program would let somebody do: its user, in its container. */
async function asTheGate({ id }: PodSpec, command: readonly string[]): Promise<number | null> {
  const seen = await under.engine.observe(id, anySignal())
  const gate = seen.find(({ name }) => name === 'gate')
  const exec = await docker.getContainer(gate?.id ?? '').exec({ Cmd: [...command] })
  await exec.start({ Detach: true })
  await expect.poll(async () => (await exec.inspect()).Running).toBe(false)
  return (await exec.inspect()).ExitCode
}

/** A socket of the host that is not the pod’s, such as another pod's or the engine’s. */
async function listeningSocket() {
  const directory = await mkdtemp(join(tmpdir(), 'sd-'))
  const path = join(directory, 'in.sock')
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  server.listen(path)
  await once(server, 'listening')
  return {
    path,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      await new Promise((closed) => server.close(closed))
      await rm(directory, { recursive: true })
    },
  }
}

async function inside(command: readonly string[]) {
  const run = await under.engine.exec(pod.id, 'workspace', execSpec(command), anySignal())
  run.stdin.end()
  const [out, error, code] = await Promise.all([text(run.stdout), text(run.stderr), run.exit])
  return { out, error, code }
}

/** The same in a plain container of the engine's, to know that the attack is one. */
async function succeedsUnprotected({ command, weakness }: Attack): Promise<boolean> {
  const container = await docker.createContainer({
    Image: under.image,
    Entrypoint: [...command],
    Cmd: [],
    User: weakness.user,
    HostConfig: {
      CapAdd: [...(weakness.capabilities ?? [])],
      SecurityOpt: weakness.seccomp === undefined ? [] : [`seccomp=${weakness.seccomp}`],
    },
  })
  try {
    await container.start()
    const { StatusCode: code } = await container.wait()
    return code === 0
  } finally {
    await container.remove({ force: true, v: true })
  }
}

const dial = (address: string, port: number) => [
  'perl',
  '-e',
  `use IO::Socket::INET; IO::Socket::INET->new(PeerAddr => "${address}:${port}", Timeout => 3) or die`,
]

/** The host as a container on the engine's own bridge sees it: the gateway of its default route. */
const dialGateway = (port: number) => [
  'perl',
  '-e',
  `use IO::Socket::INET;
   open my $routes, "/proc/net/route" or die;
   my ($hex) = map { (split)[2] } grep { (split)[1] eq "00000000" } <$routes> or die "no route";
   my $host = join ".", reverse map { hex } unpack "(A2)*", $hex;
   IO::Socket::INET->new(PeerAddr => "$host:${port}", Timeout => 3) or die`,
]

async function listeningHost(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => socket.end())
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
  }
}
