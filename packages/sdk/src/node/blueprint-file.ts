import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { SandboxError } from '../errors.ts'
import { Blueprint } from '../wire/blueprint.ts'
import { parseYaml } from '../yaml/located-yaml.ts'

export interface BlueprintFile {
  readonly blueprint: Blueprint
  /** What `workspace.from` is relative to, and may not leave. */
  readonly directory: string
}

export const defaultBlueprintFile = 'sandbox.yaml'

/** Reads and checks a blueprint; complaints name file, line and key. */
export async function readBlueprint(file: string, cwd: string): Promise<BlueprintFile> {
  const path = resolve(cwd, file)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(file, cause)
  })
  const blueprint = parseYaml({ file, text, code: 'blueprint_invalid' }, Blueprint)
  return { blueprint, directory: dirname(path) }
}

/** The working directory’s sandbox.yaml, or a blueprint of defaults where there is none. */
export async function findBlueprint(cwd: string): Promise<BlueprintFile> {
  try {
    return await readBlueprint(defaultBlueprintFile, cwd)
  } catch (error) {
    if (!isAbsent(error)) throw error
    return { blueprint: Blueprint.parse({}), directory: cwd }
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof SandboxError && (error.cause as NodeJS.ErrnoException)?.code === 'ENOENT'
}

const unreadable = (file: string, cause: unknown) =>
  new SandboxError('blueprint_invalid', `${file}: cannot be read.`, {
    hint: 'Name a blueprint that exists with --blueprint, or write a sandbox.yaml here.',
    cause,
  })
