import type { OnProgress } from '@stuntdouble/sdk/wire'
import type { Canaries } from '../canaries/canaries.ts'
import type { Egress } from '../egress/egress.ts'
import type { Engine } from '../engine/engine.ts'
import { pause } from '../lib/every.ts'
import type { ImageScans } from '../secrets/secrets.ts'
import type { ServerKinds } from '../sources/sources.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import { writeAgentsFile } from './agents-file.ts'
import { databaseEnded, notReadyInTime } from './errors.ts'
import { makeVolumes } from './make-volumes.ts'
import { podOf } from './pod.ts'
import type { Sandbox, SandboxDatabase } from './sandbox.ts'
import { serviceImages, startServices } from './services.ts'

export interface StarterParts {
  readonly engine: Engine
  readonly kinds: ServerKinds
  readonly workspaces: Workspaces
  readonly canaries: Pick<Canaries, 'plant'>
  readonly imageScans: ImageScans
  readonly egress: Pick<Egress, 'placeholders'>
}

/** Brings a sandbox from its journal row to readiness. Takes up where an earlier try stopped. */
export interface Starter {
  images(sandbox: Sandbox, onProgress: OnProgress, signal: AbortSignal): Promise<void>
  start(sandbox: Sandbox, signal: AbortSignal): Promise<void>
  /** The first part of a start alone, which needs neither images nor volumes: its gate. */
  open(sandbox: Sandbox, signal: AbortSignal): Promise<void>
  /** The same on volumes that are there. */
  run(sandbox: Sandbox, signal: AbortSignal): Promise<void>
  /** Unpacks what was uploaded for it, and says in its AGENTS.md what is here. */
  fill(sandbox: Sandbox, signal: AbortSignal): Promise<void>
}

const readyWithinMs = 60_000
const lookEveryMs = 500

export function createStarter({
  engine,
  kinds,
  workspaces,
  canaries,
  egress,
  ...parts
}: StarterParts): Starter {
  async function ready(
    sandbox: Sandbox,
    database: SandboxDatabase,
    signal: AbortSignal,
  ): Promise<void> {
    const settled = new AbortController()
    const timed = AbortSignal.any([signal, settled.signal, AbortSignal.timeout(readyWithinMs)])
    const dial = (dialed: AbortSignal) => engine.connect(sandbox.id, database.port, dialed)
    const kind = kinds[database.kind]
    const answered = kind.ready(dial, database.credentials, timed).catch((cause) => {
      signal.throwIfAborted()
      throw notReadyInTime(sandbox.id, `its database "${database.name}" does not answer`, cause)
    })
    await Promise.race([answered, ended(sandbox, database, timed)]).finally(() => settled.abort())
    await answered
  }

  /** Rejects when the server’s container ends; such a one never answers. */
  async function ended(
    { id }: Sandbox,
    { name, image }: SandboxDatabase,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      await pause(lookEveryMs, signal)
      const seen = signal.aborted ? [] : await engine.observe(id, signal)
      if (seen.some((one) => one.name === name && one.state === 'exited')) {
        throw databaseEnded(id, name, image)
      }
    }
  }

  async function run(sandbox: Sandbox, signal: AbortSignal): Promise<void> {
    const placeholders = egress.placeholders(sandbox.id, sandbox.blueprint.credentials)
    const podWith = (services: readonly string[]) =>
      podOf(sandbox, kinds, { placeholders, services })
    await engine.start(podWith([]), signal)
    // What is written inside goes one after another, over the one way in that is ready first.
    const written = canaries
      .plant(sandbox.id, signal)
      .then(() => fillWorkspace(sandbox, { engine, workspaces }, signal))
    await Promise.all([
      written,
      ...sandbox.databases.map((database) => ready(sandbox, database, signal)),
    ])
    await startServices(sandbox, engine, { podWith, signal })
  }

  return {
    async images(sandbox, onProgress, signal) {
      const wanted = [
        sandbox.blueprint.workspace.image,
        ...sandbox.databases.map(({ image }) => image),
        ...(await serviceImages(sandbox, engine, signal)),
      ]
      await Promise.all(
        [...new Set(wanted)].map(async (image) => {
          await engine.images.ensure(image, onProgress, signal)
          await parts.imageScans.check(image, onProgress, signal)
        }),
      )
    },
    open: (sandbox, signal) => engine.start({ ...podOf(sandbox, kinds), containers: [] }, signal),
    run,
    fill: (sandbox, signal) => fillWorkspace(sandbox, { engine, workspaces }, signal),
    async start(sandbox, signal) {
      await makeVolumes(engine, sandbox, signal)
      await run(sandbox, signal)
    },
  }
}

async function fillWorkspace(
  sandbox: Sandbox,
  { engine, workspaces }: Pick<StarterParts, 'engine' | 'workspaces'>,
  signal: AbortSignal,
): Promise<void> {
  if (sandbox.workspace) await workspaces.unpack(sandbox.workspace, sandbox.id, signal)
  await writeAgentsFile(engine, sandbox, signal)
}
