import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { anySignal, aPod, execSpec } from '../../contract-pods.ts'
import type { Engine, ExecSpec, PodSpec, Process } from '../../engine.ts'
import { openDockerUnderTest } from '../docker-under-test.ts'

export interface Said {
  readonly out: string
  readonly err: string
  readonly code: number
}

/** A pod with a runner in its workspace and none in its database, both of one image. */
export interface LanesUnderTest extends AsyncDisposable {
  readonly engine: Engine
  readonly pod: PodSpec
  start(command: readonly string[], changes?: Partial<ExecSpec>): Promise<Process>
  /** Of a shell script, by way of the runner. */
  said(script: string, changes?: Partial<ExecSpec>): Promise<Said>
  /** The same by a call of the engine’s own. */
  saidPlainly(script: string, changes?: Partial<ExecSpec>): Promise<Said>
  /** As when the orchestrator dies: what it has open to the engine is cut. */
  dropConnections(): void
}

const agent = { uid: 1000, gid: 1000 }
/** Runs what a container itself runs, so that the agent cannot end it. */
const holder = { uid: 1002, gid: 1002 }

export async function openLanesUnderTest(changes: Partial<PodSpec> = {}): Promise<LanesUnderTest> {
  const way = await openWay()
  const { engine, ...under } = await openDockerUnderTest(way.socketPath)
  const pod = { ...aPod(under), ...changes }
  const containers = pod.containers.map((each) => ({ ...each, ...holder }))
  await engine.start({ ...pod, containers }, anySignal())
  const start = (container: string, command: readonly string[], more: Partial<ExecSpec> = {}) =>
    engine.exec(pod.id, container, execSpec(command, { user: agent, ...more }), anySignal())
  const said = async (container: string, script: string, more?: Partial<ExecSpec>) => {
    const run = await start(container, ['sh', '-c', script], more)
    run.stdin.end()
    const [out, err, code] = await Promise.all([text(run.stdout), text(run.stderr), run.exit])
    return { out, err, code }
  }
  return {
    engine,
    pod,
    start: (command, more) => start('workspace', command, more),
    said: (script, more) => said('workspace', script, more),
    saidPlainly: (script, more) => said('db', script, more),
    dropConnections: way.drop,
    async [Symbol.asyncDispose]() {
      await under[Symbol.asyncDispose]()
      await way[Symbol.asyncDispose]()
    },
  }
}

interface Way extends AsyncDisposable {
  readonly socketPath: string
  drop(): void
}

/** To the engine, through a socket of the test’s own. */
async function openWay(): Promise<Way> {
  const directory = await mkdtemp(join(tmpdir(), 'sd-way-'))
  const socketPath = join(directory, 'engine.sock')
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (from) => {
    const to = connect({ path: '/var/run/docker.sock', allowHalfOpen: true })
    open.add(from.on('close', () => open.delete(from)))
    pipeline(from, to).catch(() => {})
    pipeline(to, from).catch(() => {})
  })
  await once(server.listen(socketPath), 'listening')
  const drop = () => {
    for (const each of open) each.destroy()
  }
  return {
    ...{ socketPath, drop },
    async [Symbol.asyncDispose]() {
      drop()
      server.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Minimal Debian has no `ps`. */
export const processesNamed = (name: string) =>
  `grep -l -s "^Name:.${name}$" /proc/[0-9]*/status | wc -l`

/** How many sleep for so many seconds; written so that the search does not find itself. */
export const sleepersFor = (seconds: string) =>
  `grep -l -s -a -x -z -e '[${seconds[0]}]${seconds.slice(1)}' /proc/[0-9]*/cmdline | wc -l`
