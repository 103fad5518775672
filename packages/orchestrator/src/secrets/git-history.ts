import { open, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { type GitObject, gitObjectsIn } from './git-batch.ts'
import { runGit } from './git-command.ts'
import type { GitStore } from './git-store.ts'

export interface HistoryReader {
  /** Given every object that has text of somebody’s: blobs, commits and tags, reachable or not. */
  object(object: GitObject): Promise<void>
  /** Given every path that any commit has. */
  path(path: string, id: string): void
}

/** Reads everything a repository holds; the ids of its commits. Throws where not all of it can be read. */
export async function readHistory(store: GitStore, reader: HistoryReader): Promise<string[]> {
  for (const pack of store.packs) await indexPack(store, pack)
  const commits = await readObjects(store, reader)
  await readPaths(store, commits, reader)
  return commits
}

/** The first of the commits that brought an object, as far as that can be told. */
export async function commitWith(
  { directory }: GitStore,
  commits: readonly string[],
  id: string,
): Promise<string | undefined> {
  const args = [
    'log',
    '--stdin',
    '-m',
    '--reverse',
    '--format=%H',
    '--no-textconv',
    `--find-object=${id}`,
  ]
  await using git = runGit(directory, args, { text: linesOf(commits) })
  for await (const line of createInterface({ input: git.output })) return line
  return undefined
}

async function indexPack({ directory }: GitStore, pack: string): Promise<void> {
  await using file = await open(pack)
  await using git = runGit(directory, ['index-pack', '--stdin', '--fix-thin'], { file: file.fd })
  git.output.resume()
  await git.done()
  await rm(pack)
}

const everyObject = ['cat-file', '--batch', '--batch-all-objects', '--unordered', '--buffer']

/** Resolves with the ids of all commits. */
async function readObjects(store: GitStore, reader: HistoryReader): Promise<string[]> {
  const commits: string[] = []
  await using git = runGit(store.directory, everyObject)
  for await (const object of gitObjectsIn(git.output)) {
    if (object.type === 'commit') commits.push(object.id)
    if (object.type === 'tree') await drain(object.content)
    else await reader.object(object)
  }
  await git.done()
  return commits
}

async function readPaths(
  { directory }: GitStore,
  commits: readonly string[],
  reader: HistoryReader,
): Promise<void> {
  if (commits.length === 0) return
  await using git = runGit(directory, ['rev-list', '--objects', '--stdin'], {
    text: linesOf(commits),
  })
  for await (const line of createInterface({ input: git.output })) {
    const [, id, path] = /^([0-9a-f]+) (.+)$/.exec(line) ?? []
    if (id && path) reader.path(path, id)
  }
  await git.done()
}

async function drain(content: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of content);
}

const linesOf = (ids: readonly string[]) => ids.map((id) => `${id}\n`).join('')
