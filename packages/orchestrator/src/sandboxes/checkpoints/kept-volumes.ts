import type { VolumeCopy, VolumeSpec } from '../../engine/engine.ts'
import { databaseVolume, filesVolume } from '../pod.ts'
import type { Sandbox } from '../sandbox.ts'
import { workspaceVolume } from '../workspace-volume.ts'

export const volumeSpecs = (sandbox: Sandbox): readonly VolumeSpec[] => [
  workspaceVolume(sandbox),
  ...sandbox.databases.map((database) => databaseVolume(sandbox, database)),
  ...sandbox.files.map((files) => filesVolume(sandbox, files)),
]

/** A volume’s name begins with its sandbox’s id; that of its copy with the checkpoint’s, which is as long. */
export const keptAs = (volume: string, { id }: { readonly id: string }): string =>
  `${id}${volume.slice(id.length)}`

export const copiesOf = (
  sandbox: Sandbox,
  checkpoint: { readonly id: string },
): readonly VolumeCopy[] =>
  volumeSpecs(sandbox).map(({ name }) => ({ volume: name, as: keptAs(name, checkpoint) }))
