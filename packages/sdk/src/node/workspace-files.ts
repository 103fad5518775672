import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ignore, { type Ignore } from 'ignore'
import { neverCopied } from './left-out.ts'

/** Paths of files and links below a directory, relative and with slashes: what git would show, or not ignore. */
export async function workspaceFiles(directory: string): Promise<readonly string[]> {
  return (await gitFiles(directory)) ?? (await walk(directory, { below: '', rules: [] }))
}

/**
 * Tracked, or new and not ignored. The repository’s own configuration may name programs for git to
 * start, such as a file-system monitor; none of them is wanted here.
 */
async function gitFiles(directory: string): Promise<readonly string[] | undefined> {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  try {
    const { stdout } = await promisify(execFile)(
      'git',
      ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...list],
      { cwd: directory, maxBuffer: 256 * 1024 * 1024 },
    )
    // An ignored directory that is asked for by name is wanted all the same.
    return stdout ? [...new Set(stdout.split('\0').filter(Boolean))] : undefined
  } catch {
    return undefined
  }
}

interface Place {
  /** Relative, with a slash at the end; empty at the top. */
  readonly below: string
  /** The .gitignore files from the top down to here, each with the place it speaks for. */
  readonly rules: readonly { readonly below: string; readonly ignore: Ignore }[]
}

async function walk(directory: string, place: Place): Promise<string[]> {
  const here = { ...place, rules: [...place.rules, ...(await rulesIn(directory, place.below))] }
  const entries = await readdir(join(directory, place.below), { withFileTypes: true })
  const found = entries
    .map((entry) => ({ entry, path: `${place.below}${entry.name}` }))
    .filter(({ entry, path }) => !isIgnored(entry.isDirectory() ? `${path}/` : path, here))
    .map(async ({ entry, path }) =>
      entry.isDirectory() ? await walk(directory, { ...here, below: `${path}/` }) : [path],
    )
  return (await Promise.all(found)).flat()
}

async function rulesIn(directory: string, below: string): Promise<Place['rules']> {
  const own = below === '' ? [{ below, ignore: ignore().add([...neverCopied]) }] : []
  const text = await readFile(join(directory, below, '.gitignore'), 'utf8').catch(() => undefined)
  return text === undefined ? own : [...own, { below, ignore: ignore().add(text) }]
}

function isIgnored(path: string, { rules }: Place): boolean {
  return rules.some(({ below, ignore }) => ignore.ignores(path.slice(below.length)))
}
