import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { SandboxError } from '../errors.ts'
import { Blueprint } from '../wire/blueprint.ts'
import { lineIn, parseYaml } from '../yaml/located-yaml.ts'

export interface BlueprintFile {
  readonly blueprint: Blueprint
  /** What `workspace.from` is relative to, and may not leave. */
  readonly directory: string
  /** As it was named and written; left out where there is none. */
  readonly source?: { readonly file: string; readonly text: string }
}

export const defaultBlueprintFile = 'sandbox.yaml'

/** Reads and checks a blueprint; complaints name file, line and key. */
export async function readBlueprint(file: string, cwd: string): Promise<BlueprintFile> {
  const path = resolve(cwd, file)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(file, cause)
  })
  const blueprint = parseYaml({ file, text, code: 'blueprint_invalid' }, Blueprint)
  return { blueprint, directory: dirname(path), source: { file, text } }
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

/** A refusal that names a key of the blueprint, told with the file and line where that stands. */
export function located(error: unknown, { source }: BlueprintFile): unknown {
  const key = error instanceof SandboxError ? Key.safeParse(error.details.key).data : undefined
  if (!source || !key || !(error instanceof SandboxError)) return error
  const at = `${source.file}:${lineIn(source.text, key)}: ${key.join('.')}`
  const { code, message, hint, details, cause } = error
  return new SandboxError(code, `${at}: ${message}`, { hint, details, cause })
}

const Key = z.array(z.union([z.string(), z.int()])).min(1)

function isAbsent(error: unknown): boolean {
  return error instanceof SandboxError && (error.cause as NodeJS.ErrnoException)?.code === 'ENOENT'
}

const unreadable = (file: string, cause: unknown) =>
  new SandboxError('blueprint_invalid', `${file}: cannot be read.`, {
    hint: 'Name a blueprint that exists with --blueprint, or have `sandbox init` write one here.',
    cause,
  })
