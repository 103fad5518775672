import { mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { stringify } from 'smol-toml'
import { type ClientFile, type Entry, entryName } from './clients.ts'
import { unreadable } from './merge-errors.ts'
import { mergeJson } from './merge-json.ts'
import { mergeToml } from './merge-toml.ts'

/** Adds the entry to a client’s file. Resolves with whether that changed anything. */
export async function install(file: ClientFile, entry: Entry): Promise<boolean> {
  const before = await textOf(file.path)
  const merge = file.format === 'json' ? mergeJson : mergeToml
  const after = merge(before ?? '', file.path, { key: file.key, entry })
  if (after === before) return false
  await replace(file.path, after)
  return true
}

/** What stands in such a file for it, and nothing else of the file. */
export function fragment({ format, key }: ClientFile, entry: Entry): string {
  const whole = { [key]: { [entryName]: entry } }
  return format === 'json' ? `${JSON.stringify(whole, null, 2)}\n` : stringify(whole)
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(path)
  }
}

/** At once and with the mode it had: a client may read it any moment. A link stays one. */
async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const target = await realpath(path).catch(() => path)
  const mode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => 0o644,
  )
  const partial = `${target}.${process.pid}.tmp`
  await writeFile(partial, text, { mode, flag: 'wx' })
  await rename(partial, target)
}
