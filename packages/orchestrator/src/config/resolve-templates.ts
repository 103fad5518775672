import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { Blueprint, type E2bConfig } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import type { Scope } from './placeholders.ts'

export type Templates = Readonly<Record<string, Blueprint>>

/** What a client means that names no template. */
export const defaultTemplates: Templates = { base: Blueprint.parse({}) }

type Complain = (key: readonly string[], message: string) => void

/** Reads the blueprints that E2B’s clients choose from by name; what is none is complained about at its key. */
export function resolveTemplates(
  { templates }: E2bConfig,
  { path }: Pick<Scope, 'path'>,
  complain: Complain,
): Templates {
  const resolved: Record<string, Blueprint> = { ...defaultTemplates }
  for (const [name, given] of Object.entries(templates)) {
    try {
      const blueprint = typeof given === 'string' ? read(resolve(dirname(path), given)) : given
      if (blueprint.workspace.from !== undefined) complain([name], nobodySends)
      resolved[name] = blueprint
    } catch (cause) {
      if (!(cause instanceof SandboxError)) throw cause
      complain([name], cause.message)
    }
  }
  return resolved
}

const nobodySends = 'has `workspace.from`, and no client sends a directory: use `workspace.clone`'

function read(file: string): Blueprint {
  return parseYaml({ file, text: textOf(file), code: 'config_invalid' }, Blueprint)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new SandboxError('config_invalid', `${file} cannot be read: ${reason}`, {
      hint: 'Name a blueprint beside the configuration.',
    })
  }
}
