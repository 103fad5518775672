import type { Duplex } from 'node:stream'
import type { ContainerSpec, Engine, Process } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import { every, pause } from '../lib/every.ts'

/** Beyond this a build whose process died holds the machine no longer. */
const deadlineMs = 10 * 60_000
const beatMs = 60_000
const stopTimeoutMs = 120_000
const pollMs = 50

export interface StagingOptions {
  readonly engine: Engine
  readonly clock: Clock
  /** The snapshot's id is the pod's. */
  readonly id: string
  readonly container: ContainerSpec
  readonly volume: string
}

/** The pod a copy is made in: one container, one volume, a deadline that is moved on while we live. */
export interface Staging extends AsyncDisposable {
  dial(port: number, signal: AbortSignal): Promise<Duplex>
  exec(command: readonly string[], signal: AbortSignal): Promise<Process>
  /** Asks the server to shut down and waits. The container's exit code; null when it did not exit. */
  stop(command: readonly string[], signal: AbortSignal): Promise<number | null>
}

/** Disposal ends the heartbeat alone; clearing away is the caller's, who knows what must stay. */
export async function openStaging(options: StagingOptions, signal: AbortSignal): Promise<Staging> {
  const { engine, clock, id, container, volume } = options
  const { uid, gid } = container
  await engine.volumes.create({ name: volume, pod: id, uid, gid, mode: 0o700 }, signal)
  const deadline = () => new Date(clock() + deadlineMs)
  await engine.start(
    { id, kind: 'staging', deadline: deadline(), hosts: [], containers: [container] },
    signal,
  )
  // A beat that fails needs no word: if the engine is gone, the copy fails by itself.
  const heart = every(
    beatMs,
    () => engine.setDeadline(id, deadline()),
    () => {},
  )

  const exec = (command: readonly string[], execSignal: AbortSignal) =>
    engine.exec(id, container.name, { command, env: {}, workingDirectory: '/' }, execSignal)

  return {
    dial: (port, dialSignal) => engine.connect(id, port, dialSignal),
    exec,
    async stop(command, stopSignal) {
      const signal = AbortSignal.any([stopSignal, AbortSignal.timeout(stopTimeoutMs)])
      try {
        leaveAlone(await exec(command, signal))
        return await waitForExit(engine, { id, name: container.name }, signal)
      } catch (cause) {
        stopSignal.throwIfAborted()
        if (signal.aborted) return null
        throw cause
      }
    },
    [Symbol.asyncDispose]: () => heart[Symbol.asyncDispose](),
  }
}

/** The command may be torn down with the server that it stops: the container's exit tells, not its own. */
function leaveAlone(process: Process): void {
  process.stdout.resume()
  process.stderr.resume()
  process.exit.catch(() => {})
}

interface Watched {
  readonly id: string
  readonly name: string
}

async function waitForExit(
  engine: Engine,
  { id, name }: Watched,
  signal: AbortSignal,
): Promise<number | null> {
  while (!signal.aborted) {
    const container = (await engine.observe(id, signal)).find((seen) => seen.name === name)
    if (container?.state !== 'running') return container?.exitCode ?? null
    await pause(pollMs, signal)
  }
  return null
}
