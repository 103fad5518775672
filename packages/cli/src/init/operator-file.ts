import { realpath } from 'node:fs/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { OperatorConfig } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import { readInside, Unread } from './read-inside.ts'
import { isThere } from './write-files.ts'

const mostBytes = 1024 ** 2

/**
 * The operator’s file as far as it is written down: nothing that it names is looked up. Undefined where
 * there is none.
 */
export async function readOperatorFile(path: string): Promise<OperatorConfig | undefined> {
  try {
    const text = await readInside(await realpath(path), mostBytes)
    return parseYaml({ file: path, text, code: 'config_invalid' }, OperatorConfig)
  } catch (error) {
    if (error instanceof SandboxError) throw error
    if (!(await isThere(path))) return undefined
    throw unreadable(path, error)
  }
}

const unreadable = (path: string, cause: unknown) =>
  new SandboxError(
    'config_invalid',
    `${path}: ${cause instanceof Unread ? cause.message : 'cannot be read'}.`,
    {
      hint: 'Move it away, or name the right one with --config; nothing was written.',
      cause,
    },
  )
