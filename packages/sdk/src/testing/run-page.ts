import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const sdk = join(import.meta.dirname, '../..')

interface Reader {
  /** Of Node, before the program. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Files of the project, by name. */
  readonly files?: Readonly<Record<string, string>>
}

/** Runs the programs of a page below `docs`, as one, in a project of its own; what they print. */
export async function runPage(
  page: string,
  { args = [], env = {}, files = {} }: Reader,
): Promise<string> {
  const text = await readFile(join(sdk, '../../docs', page), 'utf8')
  const program = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, part]) => part).join('\n')
  const cwd = await mkdtemp(join(tmpdir(), 'stuntdouble-page-'))
  try {
    const modules = join(cwd, 'node_modules')
    await mkdir(join(modules, '@stuntdouble'), { recursive: true })
    await symlink(sdk, join(modules, '@stuntdouble/sdk'))
    await symlink(join(sdk, 'node_modules/@anthropic-ai'), join(modules, '@anthropic-ai'))
    const written = Object.entries({ ...files, 'program.ts': program })
    for (const [name, content] of written) await writeFile(join(cwd, name), content)
    const node = promisify(execFile)(process.execPath, [...args, 'program.ts'], { cwd, env })
    return (await node).stdout
  } finally {
    await rm(cwd, { recursive: true })
  }
}
