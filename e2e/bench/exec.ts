import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { openDockerEngine } from '../../packages/orchestrator/src/engine/docker/docker-engine.ts'
import { removeRunner } from '../../packages/orchestrator/src/engine/docker/lanes/runner-volume.ts'
import type { Engine, PodSpec } from '../../packages/orchestrator/src/engine/engine.ts'
import { openEngine } from '../lib/container-runtime.ts'
import { ensureImage, repository } from '../lib/images.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { report } from './report.ts'
import { Stopwatch } from './stopwatch.ts'

const image = 'stuntdouble/workspace'
const installation = 'test-bench-exec'
const user = { uid: 1000, gid: 1000 }
const yardstick = 'docker exec … true'
const goals = {
  'engine.exec … true': 0.1,
  'the same, first of a pod': 0.1,
  'through the gateway': 0.1,
  'the same, first of a sandbox': 0.1,
} as const
/** A pod and a sandbox are made for so many rounds. */
const roundsEach = 5

/**
 * What a command costs that does nothing: by the engine’s own call, by ours, and over HTTP; the first of
 * a fresh container and every later one. Interleaved, so that a busy minute is busy for all of them.
 */
export async function benchExec(rounds: number): Promise<void> {
  await ensureImage(image)
  await using scope = new AsyncDisposableStack()
  const engine = await openBenchEngine(scope)
  const project = scope.use(await Stuntdouble.open())
  await project.json(['ls'])
  const control = await project.control()
  await freshOnes(engine, control, { rounds: 1, watch: new Stopwatch() })
  const watch = new Stopwatch()
  for (let done = 0; done < rounds; done += roundsEach) {
    await freshOnes(engine, control, { rounds: roundsEach, watch })
    process.stderr.write(`round ${done + roundsEach} of ${rounds}\r`)
  }
  await report({ bench: 'exec', samples: watch.samples, yardstick, goals })
}

async function openBenchEngine(scope: AsyncDisposableStack): Promise<Engine> {
  const runDirectory = await mkdtemp('/tmp/sd-')
  scope.defer(() => rm(runDirectory, { recursive: true, force: true }))
  const imagesDirectory = join(repository, 'images')
  const docker = await openEngine()
  scope.defer(() => removeRunner(docker, installation))
  return scope.use(
    await openDockerEngine({ installation, runDirectory, imagesDirectory, poolBytes: 0 }),
  )
}

interface Rounds {
  readonly rounds: number
  readonly watch: Stopwatch
}

async function freshOnes(engine: Engine, control: ControlClient, { rounds, watch }: Rounds) {
  const box = Sandbox.of(await control.createSandbox({ ttl: '5m' }), control)
  const pod = aPod()
  const never = new AbortController().signal
  await engine.start(pod, never)
  try {
    // What readiness takes of a real sandbox: its lane is made meanwhile.
    await new Promise((passed) => setTimeout(passed, 500))
    await watch.time('the same, first of a pod', () => runOne(engine, pod))
    await watch.time('the same, first of a sandbox', () => box.commands.run(['true']))
    const container = (await engine.observe(pod.id, never)).find(({ name }) => name === 'workspace')
    for (let round = 0; round < rounds; round += 1) {
      await watch.time(yardstick, () => dockerExec(container?.id ?? ''))
      await watch.time('engine.exec … true', () => runOne(engine, pod))
      await watch.time('through the gateway', () => box.commands.run(['true']))
    }
  } finally {
    await engine.destroy(pod.id, never)
    await box.kill()
  }
}

async function runOne(engine: Engine, { id }: PodSpec): Promise<void> {
  const spec = { command: ['true'], env: {}, workingDirectory: '/', stdin: 'none', user } as const
  const run = await engine.exec(id, 'workspace', spec, new AbortController().signal)
  run.stdout.resume()
  run.stderr.resume()
  if ((await run.exit) !== 0) throw new Error('true failed')
}

/** Until its output ended and its exit code is known, as whoever runs a command needs both. */
async function dockerExec(container: string): Promise<void> {
  const engine = await openEngine()
  const exec = await engine.getContainer(container).exec({
    ...{ Cmd: ['true'], User: '1000:1000', AttachStdout: true, AttachStderr: true },
  })
  const output = await exec.start({})
  output.resume()
  await new Promise((ended) => output.once('end', ended))
  if ((await exec.inspect()).ExitCode !== 0) throw new Error('true failed')
}

const aPod = (): PodSpec => ({
  id: `bench${Date.now().toString(36)}`,
  kind: 'sandbox',
  deadline: new Date(Date.now() + 300_000),
  hosts: [],
  containers: [
    {
      name: 'workspace',
      image,
      command: ['sleep', 'infinity'],
      ...{ uid: 64_002, gid: 64_002, commandsBy: user, env: {}, workingDirectory: '/' },
      limits: { cpus: 2, memoryBytes: 512 * 2 ** 20, pids: 256, shmBytes: 2 ** 20 },
      mounts: [],
      tmpfs: [],
    },
  ],
})
