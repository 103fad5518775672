import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gateConfig, gateImage } from '../../packages/orchestrator/src/engine/docker/gate-config.ts'
import { memberConfig } from '../../packages/orchestrator/src/engine/docker/member-config.ts'
import { RunDirectory } from '../../packages/orchestrator/src/engine/docker/run-directory.ts'
import { newSandboxId } from '../../packages/orchestrator/src/lib/ids.ts'
import { openEngine } from '../lib/container-runtime.ts'
import { report } from './report.ts'
import { Stopwatch } from './stopwatch.ts'

type Docker = Awaited<ReturnType<typeof openEngine>>
type Container = Awaited<ReturnType<Docker['createContainer']>>
type Config = Parameters<Docker['createContainer']>[0]

const installation = 'test-bench'
const bare = 'a pod without any of it'
const hardened = 'the same pod, hardened'
const goals = { [hardened]: 1.1 } as const
const members = ['workspace', 'db'] as const

/**
 * What the hardening costs a start: gate and two members as a sandbox has them, until they run,
 * beside the same containers with nothing but the namespaces they share. In turns, so that a busy
 * minute is busy for both.
 */
export async function benchHardening(rounds: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'sd-'))
  const run = new RunDirectory(directory)
  const watch = new Stopwatch()
  try {
    for (let round = -1; round < rounds; round += 1) {
      // The first finds the engine as it comes.
      const kept = round < 0 ? new Stopwatch() : watch
      for (const what of round % 2 ? [bare, hardened] : [hardened, bare]) {
        await onePod({ run, what, watch: kept })
      }
    }
  } finally {
    await rm(directory, { recursive: true })
  }
  await report({ bench: 'hardening', samples: watch.samples, yardstick: bare, goals })
}

interface OnePod {
  readonly run: RunDirectory
  readonly what: string
  readonly watch: Stopwatch
}

async function onePod({ run, what, watch }: OnePod): Promise<void> {
  const engine = await openEngine()
  const pod = newSandboxId()
  const dress = what === bare ? withoutHardening : (config: Config) => config
  const owner = { installation, pod, podKind: 'sandbox' as const }
  const made: Container[] = []
  const make = async (config: Config) => {
    const container = await engine.createContainer(dress(config))
    made.push(container)
    return container
  }
  await run.create(pod)
  await run.writeDeadline(pod, new Date(Date.now() + 60_000))
  try {
    await watch.time(what, async () => {
      const directory = run.path(pod)
      const gate = await make(gateConfig({ owner, image: gateImage, directory, hosts: ['db'] }))
      const [others] = await Promise.all([
        Promise.all(members.map((name) => make(memberConfig(member(owner, gate.id, name))))),
        gate.start(),
      ])
      await Promise.all(others.map((container) => container.start()))
    })
  } finally {
    await Promise.all(made.reverse().map((container) => container.remove({ force: true })))
    await run.remove(pod)
  }
}

/** As a sandbox’s workspace is, without its volume, which both would have. */
const member = (
  owner: { installation: string; pod: string; podKind: 'sandbox' },
  gate: string,
  name: string,
) => ({
  ...{ owner, gate },
  container: {
    ...{ name, image: 'stuntdouble/workspace', command: ['sleep', 'infinity'] },
    ...{ uid: 64_002, gid: 64_002, env: {}, workingDirectory: '/', mounts: [] },
    limits: { cpus: 1, memoryBytes: 2 ** 29, pids: 256, shmBytes: 2 ** 26, fileBytes: 2 ** 30 },
    tmpfs: ['/tmp', '/run', '/home/agent'].map((path) => ({
      ...{ path, sizeBytes: 2 ** 26, inodes: 10_000, uid: 1000, gid: 1000, mode: 0o700 },
    })),
  },
})

function withoutHardening({ HostConfig: host, User: _user, ...config }: Config): Config {
  const { NetworkMode, PidMode, Binds, ExtraHosts } = host ?? {}
  const kept = Object.entries({ NetworkMode, PidMode, Binds, ExtraHosts })
  return { ...config, HostConfig: Object.fromEntries(kept.filter(([, value]) => value)) }
}
