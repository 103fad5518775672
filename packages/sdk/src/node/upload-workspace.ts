import { realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import { Readable } from 'node:stream'
import type { ControlClient } from '../control/control.ts'
import type { RequestBody } from '../http/connection.ts'
import type { BlueprintFile } from './blueprint-file.ts'
import { packWorkspace } from './pack-workspace.ts'
import { workspaceEscapes, workspaceUnreadable } from './workspace-errors.ts'

export interface UploadedWorkspace {
  readonly id: string
  readonly leftOut: readonly string[]
}

/** Sends what the blueprint’s `workspace.from` names. Undefined when it names nothing. */
export async function uploadWorkspace(
  control: ControlClient,
  { blueprint, directory }: BlueprintFile,
  signal?: AbortSignal,
): Promise<UploadedWorkspace | undefined> {
  const { from } = blueprint.workspace
  if (from === undefined) return undefined
  const packed = await packWorkspace(await ownDirectory(directory, from))
  const archive = Readable.toWeb(packed.archive) as unknown as RequestBody
  const { id } = await control.uploadWorkspace(archive, { signal })
  return { id, leftOut: packed.leftOut }
}

/** The blueprint is untrusted: whatever it names, links followed, must lie in its own directory. */
async function ownDirectory(directory: string, from: string): Promise<string> {
  const wanted = await realpath(resolve(directory, from)).catch((cause: unknown) => {
    throw workspaceUnreadable(from, cause)
  })
  const path = relative(await realpath(directory), wanted)
  if (isAbsolute(path) || path === '..' || path.startsWith('../')) throw workspaceEscapes(from)
  return wanted
}
