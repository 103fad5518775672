import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { branchExists, doesNotApply, noRepository, notABranch, refused } from './errors.ts'
import { type GitResult, git, gitText } from './git.ts'
import { inspectNames, inspectOffered, type Trial } from './offered.ts'

export { writePatchFile } from './patch-file.ts'

export interface Review {
  /** Where the workspace came from: in a git repository of the user’s. */
  readonly directory: string
  /** A file with the patch. */
  readonly patch: string
}

/** A patch that fits the last commit here, looked at and in nobody’s way yet. Disposal leaves no trace. */
export interface Reviewed extends AsyncDisposable {
  /** Relative to the repository’s top. */
  readonly paths: readonly string[]
  /** Makes a branch of it on top of the last commit; the work tree stays as it is. Resolves with the commit. */
  branch(name: string, message: string): Promise<string>
  /** Changes the work tree, all of it or nothing. */
  apply(): Promise<void>
}

/** Tries a patch on an index of its own, with objects of its own, and looks at what it made of them. */
export async function review({ directory, patch }: Review): Promise<Reviewed> {
  await using scope = new AsyncDisposableStack()
  const place = await placeOf(directory)
  const scratch = await mkdtemp(join(tmpdir(), 'stuntdouble-pull-'))
  scope.defer(() => rm(scratch, { recursive: true, force: true }))
  const trial = await trialIn(scratch, place)
  await inspectNames(scratch, patch)
  await gitText({ ...trial, args: ['read-tree', 'HEAD'] })
  const input = { file: patch }
  const applied = await git({ ...trial, args: [...applyTo(place), '--cached', '--3way'], input })
  if (!applied.ok) throw whyNot(applied)
  const paths = await inspectOffered(trial)
  const parts = scope.move()
  return {
    paths,
    branch: (name, message) => makeBranch(trial, name, message),
    async apply() {
      const { ok } = await git({ cwd: place.top, args: applyTo(place), input })
      if (!ok) throw doesNotApply()
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

/** Git has its own eye for paths that lead elsewhere. */
const whyNot = ({ stderr }: GitResult) =>
  /invalid path|beyond a symbolic link/.test(stderr)
    ? refused('a path', 'which git takes for an attack')
    : doesNotApply()

interface Place {
  readonly top: string
  readonly prefix: string
}

async function placeOf(directory: string): Promise<Place> {
  const otherwise = () => noRepository(directory)
  const here = { cwd: directory }
  const top = await gitText({ ...here, args: ['rev-parse', '--show-toplevel'] }, otherwise)
  await gitText({ ...here, args: ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'] }, otherwise)
  const below = relative(top, await realpath(directory))
    .split(sep)
    .join('/')
  return { top, prefix: below === '' ? '' : `${below}/` }
}

async function trialIn(scratch: string, { top, prefix }: Place): Promise<Trial> {
  const args = ['rev-parse', '--path-format=absolute', '--git-path', 'objects']
  const objects = await gitText({ cwd: top, args })
  const quarantine = join(scratch, 'objects')
  await mkdir(quarantine)
  return {
    cwd: top,
    prefix,
    env: {
      GIT_INDEX_FILE: join(scratch, 'index'),
      GIT_OBJECT_DIRECTORY: quarantine,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
    },
  }
}

const applyTo = ({ prefix }: Place) => [
  ...['apply', '--whitespace=nowarn', '--binary'],
  ...(prefix === '' ? [] : [`--directory=${prefix.slice(0, -1)}`]),
]

async function makeBranch(trial: Trial, name: string, message: string): Promise<string> {
  const { cwd } = trial
  const ref = `refs/heads/${name}`
  const isName = await git({ cwd, args: ['check-ref-format', '--branch', name] })
  if (!isName.ok) throw notABranch(name)
  if ((await git({ cwd, args: ['show-ref', '--verify', '--quiet', ref] })).ok) {
    throw branchExists(name)
  }
  const head = await gitText({ cwd, args: ['rev-parse', 'HEAD'] })
  const tree = await gitText({ ...trial, args: ['write-tree'] })
  const commit = await gitText({
    cwd,
    env: { ...trial.env, ...author },
    args: ['commit-tree', tree, '-p', head, '-m', message],
  })
  await takeOver(trial, commit, head)
  const nobodyElse = '0'.repeat(head.length)
  await gitText({ cwd, args: ['update-ref', ref, commit, nobodyElse] }, () => branchExists(name))
  return commit
}

/** The agent’s work is not committed in the user’s name. */
const author = {
  GIT_AUTHOR_NAME: 'Stuntdouble',
  GIT_AUTHOR_EMAIL: 'agent@sandbox.invalid',
  GIT_COMMITTER_NAME: 'Stuntdouble',
  GIT_COMMITTER_EMAIL: 'agent@sandbox.invalid',
}

/** As one pack, which git checks for what it knows to be an attack; all of it comes or nothing. */
async function takeOver(trial: Trial, commit: string, head: string): Promise<void> {
  const packed = await git({
    ...trial,
    args: ['pack-objects', '--revs', '--stdout', '--quiet'],
    input: { text: `${commit}\n^${head}\n` },
  })
  if (!packed.ok) throw doesNotApply()
  await gitText({
    cwd: trial.cwd,
    args: ['index-pack', '--stdin', '--strict'],
    input: { bytes: packed.stdout },
  })
}
