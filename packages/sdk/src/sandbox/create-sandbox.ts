import type { ControlClient } from '../control/control.ts'
import { SandboxError } from '../errors.ts'
import {
  type BlueprintFile,
  findBlueprint,
  located,
  readBlueprint,
} from '../node/blueprint-file.ts'
import { uploadWorkspace } from '../node/upload-workspace.ts'
import { Blueprint } from '../wire/blueprint.ts'
import type { Handover } from '../wire/sandbox.ts'
import type { CreateOptions } from './sandbox.ts'

/** Reads the blueprint, sends the workspace it names, and has the sandbox made. */
export async function createSandbox(
  control: ControlClient,
  options: CreateOptions,
): Promise<Handover> {
  const { ttl, idle, wait, signal, onProgress } = options
  const file = await blueprintOf(options.blueprint)
  const workspace = await uploadWorkspace(control, file, signal)
  const request = {
    blueprint: file.blueprint,
    ...(ttl !== undefined && { ttl }),
    ...(idle !== undefined && { idle }),
    ...(wait !== undefined && { wait }),
    ...(workspace && { workspace: workspace.id }),
  }
  return await control.createSandbox(request, { signal, onProgress }).catch((error: unknown) => {
    throw located(error, file)
  })
}

async function blueprintOf(given: CreateOptions['blueprint']): Promise<BlueprintFile> {
  const cwd = process.cwd()
  if (given === undefined) return await findBlueprint(cwd)
  if (typeof given === 'string') return await readBlueprint(given, cwd)
  const result = Blueprint.safeParse(given)
  if (result.success) return { blueprint: result.data, directory: cwd }
  const [issue] = result.error.issues
  throw new SandboxError('blueprint_invalid', `${issue?.path.join('.')}: ${issue?.message}`, {
    hint: 'Correct the blueprint; nothing was created.',
  })
}
