import type { ControlClient } from '@stuntdouble/sdk/client'
import {
  type BlueprintFile,
  findBlueprint,
  located,
  readBlueprint,
  uploadWorkspace,
} from '@stuntdouble/sdk/node'
import type { Handover, OnProgress } from '@stuntdouble/sdk/wire'
import type { Call } from '../call.ts'
import { printableName } from '../output/printable.ts'
import { openStatus, type Status } from '../output/status.ts'

/** The blueprint that was named, or else the one here. */
export const blueprintFor = (cwd: string, file: string | undefined) =>
  file === undefined ? findBlueprint(cwd) : readBlueprint(file, cwd)

export interface CreationOptions {
  readonly ttl?: string
  readonly idle?: string
  readonly wait?: boolean
}

interface Creation {
  readonly control: ControlClient
  readonly file: BlueprintFile
  readonly signal: AbortSignal
}

/** Makes a sandbox of a blueprint and the workspace beside it, and tells how far it is. */
export async function createSandbox(
  { context, options }: Call<CreationOptions>,
  { control, file, signal }: Creation,
): Promise<Handover> {
  using status = openStatus(context)
  status.show({ phase: 'workspace', message: 'Sending the workspace' })
  const workspace = await uploadWorkspace(control, file, signal)
  if (workspace) noteLeftOut(status, workspace.leftOut)
  status.show({ phase: 'create', message: 'Making the sandbox' })
  const request = {
    blueprint: file.blueprint,
    ...(options.ttl && { ttl: options.ttl }),
    ...(options.idle && { idle: options.idle }),
    ...(workspace && { workspace: workspace.id }),
    wait: options.wait ?? true,
  }
  const onProgress: OnProgress = (report) => status.show(report)
  return await control.createSandbox(request, { signal, onProgress }).catch((error: unknown) => {
    throw located(error, file)
  })
}

function noteLeftOut(status: Status, leftOut: readonly string[]) {
  if (leftOut.length === 0) return
  const shown = leftOut.slice(0, 5).map(printableName).join(', ')
  const more = leftOut.length > 5 ? ` and ${leftOut.length - 5} more` : ''
  status.note(`Left out, as they look like secrets or lead out: ${shown}${more}.`)
}
