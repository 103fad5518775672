import type { Engine, VolumeSpec } from '../engine/engine.ts'
import { keptAs, volumeSpecs } from './checkpoints/kept-volumes.ts'
import { databaseVolume, filesVolume } from './pod.ts'
import type { Sandbox } from './sandbox.ts'
import { workspaceVolume } from './workspace-volume.ts'

/** Everything that a sandbox writes to: copies of snapshots and an empty workspace, or of a checkpoint all. */
export async function makeVolumes(
  { volumes }: Pick<Engine, 'volumes'>,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<void> {
  const { forkOf } = sandbox
  if (forkOf !== null) {
    const fork = (volume: VolumeSpec) =>
      volumes.fork(keptAs(volume.name, { id: forkOf }), volume, signal)
    await Promise.all(volumeSpecs(sandbox).map(fork))
    return
  }
  await Promise.all([
    volumes.create(workspaceVolume(sandbox), signal),
    ...sandbox.databases.map((database) =>
      volumes.clone(database.sealedVolume, databaseVolume(sandbox, database), signal),
    ),
    ...sandbox.files.map((files) =>
      volumes.clone(files.sealedVolume, filesVolume(sandbox, files), signal),
    ),
  ])
}
