import { join } from 'node:path'
import type { InitFinding } from '@stuntdouble/sdk/wire'
import type { FileReader, Found, FoundDatabase, Tool } from './found.ts'
import { lookAround } from './look-around.ts'
import { readInside, Unread } from './read-inside.ts'
import { compose } from './readers/compose.ts'
import { devcontainer } from './readers/devcontainer.ts'
import { manifests } from './readers/manifests.ts'
import { migrationsAmong } from './readers/migrations.ts'
import { variables } from './readers/variables.ts'
import { remark } from './remark.ts'

/** Enough for a large monorepo. What a parser needs for this much of the worst is a few seconds. */
export const surveyLimits = { files: 100, bytes: 1024 ** 2 } as const

/** What a repository says of itself, its names made safe to show where they stand in findings. */
export interface Survey {
  readonly findings: readonly InitFinding[]
  readonly databases: readonly FoundDatabase[]
  readonly tools: readonly Tool[]
  readonly ports: readonly number[]
}

const readers: readonly FileReader[] = [compose, devcontainer, ...manifests, variables]

/** Reads, and runs nothing: hostile content costs a bounded time and becomes a remark. */
export async function survey(directory: string): Promise<Survey> {
  const { paths, cut } = await lookAround(directory)
  const known = paths.flatMap((path) => {
    const reader = readers.find(({ fits }) => fits.test(path))
    return reader ? [{ path, reader }] : []
  })
  const { found, unread } = await readEach(directory, known)
  const limits =
    unread > 0 ? [...cut, `only a part of what is of use; ${unread} more are left`] : cut
  return {
    findings: [
      ...found.flatMap(({ findings }) => findings),
      ...migrationsAmong(paths),
      ...limits.map((says) => leftOut('.', `looked at: ${says}`)),
    ].map((finding) => ({ ...finding, path: remark(finding.path) })),
    databases: found.flatMap(({ databases = [] }) => databases),
    tools: [...new Set(found.flatMap(({ tool }) => (tool ? [tool] : [])))],
    ports: [...new Set(found.flatMap(({ ports = [] }) => ports))].toSorted((a, b) => a - b),
  }
}

interface Known {
  readonly path: string
  readonly reader: FileReader
}

/** One after the other, as far as their number and their length together may go. */
async function readEach(directory: string, known: readonly Known[]) {
  const found: Found[] = []
  let left = surveyLimits.bytes
  for (const { path, reader } of known.slice(0, surveyLimits.files)) {
    if (left <= 0) break
    const { length, ...said } = await readWith(reader, directory, path)
    left -= length
    found.push(said)
  }
  return { found, unread: known.length - found.length }
}

interface Said extends Found {
  readonly length: number
}

async function readWith(reader: FileReader, directory: string, path: string): Promise<Said> {
  let length = 0
  try {
    const text = await readInside(join(directory, path))
    length = text.length
    return { ...reader.read(text, path), length }
  } catch (error) {
    // A parser’s own words may hold what stands in the file.
    const why = error instanceof Unread ? error.message : 'cannot be understood'
    return { findings: [leftOut(path, `${why}; left out`)], length }
  }
}

const leftOut = (path: string, says: string): InitFinding => ({ kind: 'left_out', path, says })
