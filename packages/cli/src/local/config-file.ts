import { createHmac, randomBytes } from 'node:crypto'
import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { stateDirectory } from '@stuntdouble/sdk/node'
import { OperatorConfig } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import type { Context } from '../context.ts'

export interface ConfigFile {
  /** Links resolved. */
  readonly path: string
  /** Changes with the file and with every value it names. Keyed: it gives no password away. */
  readonly digest: string
}

const defaultName = 'stuntdouble.yaml'

/** The file that --config names, or the working directory’s; undefined when there is none. Checked. */
export async function findConfig(
  context: Context,
  named: string | undefined,
): Promise<ConfigFile | undefined> {
  const file = named ?? defaultName
  const text = await readConfig(resolve(context.cwd, file)).catch(
    (error: NodeJS.ErrnoException) => {
      if (named === undefined && error.code === 'ENOENT') return undefined
      throw unreadable(file, error)
    },
  )
  if (text === undefined) return undefined
  const { secrets } = parseYaml({ file, text, code: 'config_invalid' }, OperatorConfig)
  const path = await realpath(resolve(context.cwd, file))
  return { path, digest: await digestOf(context, { path, text, secrets }) }
}

const readConfig = (path: string) => readFile(path, 'utf8')

interface Content {
  readonly path: string
  readonly text: string
  readonly secrets: OperatorConfig['secrets']
}

async function digestOf(context: Context, { path, text, secrets }: Content): Promise<string> {
  const placeholders = [...text.matchAll(/\$\{(env|file):([^}]+)\}/g)].map(
    ([, kind = '', name = '']) => [kind, name.trim()] as const,
  )
  const registered = Object.values(secrets).flatMap(({ env, file }) => [
    ...(env === undefined ? [] : [['env', env] as const]),
    ...(file === undefined ? [] : [['file', file] as const]),
  ])
  const values = [...placeholders, ...registered].map(([kind, name]) =>
    kind === 'env'
      ? Promise.resolve(context.env[name] ?? null)
      : readFile(resolve(dirname(path), name), 'utf8').catch(() => null),
  )
  const content = JSON.stringify([path, text, await Promise.all(values)])
  return createHmac('sha256', await salt(context))
    .update(content)
    .digest('hex')
}

/** Random and this installation’s own: the digest is written down, and passwords can be guessed. */
async function salt({ env }: Context): Promise<Buffer> {
  const directory = stateDirectory(env)
  const file = join(directory, 'config-digest.salt')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeFile(file, randomBytes(32), { flag: 'wx', mode: 0o600 }).catch(() => {})
  return await readFile(file)
}

const unreadable = (file: string, cause: unknown) =>
  new SandboxError('config_invalid', `${file}: cannot be read.`, {
    hint: 'Name a stuntdouble.yaml that exists with --config.',
    cause,
  })
