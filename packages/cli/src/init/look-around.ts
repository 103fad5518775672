import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { isRepositoryName } from '@stuntdouble/sdk/repository-names'

/** A repository is anybody’s: beyond these it is not looked at. */
export const treeLimits = { entries: 20_000, depth: 6 }

export interface Tree {
  /** Everything but directories, relative and with slashes, the shallow ones first. Links are not followed. */
  readonly paths: readonly string[]
  /** Why this is not all of it. */
  readonly cut: readonly string[]
}

/** Names what a directory holds, and opens none of it. */
export async function lookAround(directory: string, limits = treeLimits): Promise<Tree> {
  const paths: string[] = []
  const cut = new Set<string>()
  let level = ['']
  let left = limits.entries
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.depth) cut.add(`nothing deeper than ${limits.depth} directories`)
    if (depth > limits.depth || left <= 0) break
    const below: string[] = []
    for (const place of level) {
      const { files, directories, taken } = await list(directory, place, left)
      paths.push(...files)
      below.push(...directories)
      left -= taken
    }
    level = below
  }
  if (left <= 0) cut.add(`no more than ${limits.entries} files and directories`)
  return { paths, cut: [...cut] }
}

interface Listed {
  readonly files: string[]
  readonly directories: string[]
  readonly taken: number
}

/** One directory, as far as it may be counted; one that cannot be read is empty. */
async function list(directory: string, place: string, most: number): Promise<Listed> {
  const files: string[] = []
  const directories: string[] = []
  let taken = 0
  if (most <= 0) return { files, directories, taken }
  const entries = await opendir(join(directory, place)).catch(() => [])
  for await (const entry of entries) {
    taken += 1
    if (!entry.isDirectory()) files.push(`${place}${entry.name}`)
    else if (!isPassedBy(entry.name)) directories.push(`${place}${entry.name}/`)
    if (taken >= most) break
  }
  return { files: files.sort(), directories: directories.sort(), taken }
}

/** What others made, or what is made anew: it says nothing of the project itself. */
const made =
  /^(?:node_modules|bower_components|vendor|venv|dist|build|target|coverage|__pycache__)$/

const isPassedBy = (name: string) =>
  made.test(name) || isRepositoryName(name) || (name.startsWith('.') && name !== '.devcontainer')
