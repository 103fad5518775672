import { posix } from 'node:path'
import { isRepositoryName } from '@stuntdouble/sdk/repository-names'
import { printableName } from '../output/printable.ts'
import { notAPatch, refused } from './errors.ts'
import { git, gitText } from './git.ts'

/** One file as it would be after the pull. */
interface Offered {
  readonly path: string
  readonly oldMode: string
  readonly mode: string
  readonly id: string
}

/** An index and objects beside the repository’s own. */
export interface Trial {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** The workspace’s place in the repository, with a slash at the end; empty at its top. */
  readonly prefix: string
}

const file = '100644'
const program = '100755'
const link = '120000'
const gone = '000000'

/**
 * Looks at what a patch made of the index, for git would take more than a person wants from a stranger.
 * Throws `policy_refused` at the first thing. Resolves with the paths.
 */
export async function inspectOffered(trial: Trial): Promise<readonly string[]> {
  const { stdout } = await git({
    ...trial,
    args: ['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-ext-diff', 'HEAD'],
  })
  const offered = parseRaw(stdout.toString('utf8'))
  for (const each of offered) await inspectOne(trial, each)
  await inspectCases(trial, offered)
  return offered.map(({ path }) => path)
}

/** The same look at names alone, before git is given the patch at all. */
export async function inspectNames(cwd: string, patch: string): Promise<void> {
  const args = ['apply', '--numstat', '-z']
  const { ok, stdout } = await git({ cwd, args, input: { file: patch } })
  if (!ok) throw notAPatch()
  for (const record of stdout.toString('utf8').split('\0').filter(Boolean)) {
    const path = record.split('\t').slice(2).join('\t')
    const why = refusalOf(path, '')
    if (why) throw refused(printableName(path), why)
  }
}

function parseRaw(output: string): Offered[] {
  const fields = output.split('\0').filter(Boolean)
  const offered: Offered[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', mode = '', , id = ''] = (fields[at] ?? '').slice(1).split(' ')
    offered.push({ path: fields[at + 1] ?? '', oldMode, mode, id })
  }
  return offered
}

async function inspectOne(trial: Trial, { path, oldMode, mode, id }: Offered): Promise<void> {
  const why = refusalOf(path, trial.prefix)
  if (why) throw refused(printableName(path), why)
  if (![file, program, link, gone].includes(mode) || oldMode === '160000') {
    throw refused(printableName(path), 'which is no file')
  }
  if (mode === link && leadsOut(path, await blob(trial, id))) {
    throw refused(printableName(path), 'a link that leads out of the repository')
  }
  const isModules = posix.basename(path).toLowerCase() === '.gitmodules' && mode !== gone
  if (isModules && (mode === link || !(await areModulesHarmless(trial, id)))) {
    throw refused(printableName(path), 'which names a submodule in a way that may run programs')
  }
}

function refusalOf(path: string, prefix: string): string | undefined {
  const parts = path.split(/[/\\]/)
  if (!path.startsWith(prefix)) return 'which is not in the workspace'
  if (path.startsWith('/') || parts.some((part) => ['', '.', '..'].includes(part))) {
    return 'a path that leads elsewhere'
  }
  if (parts.some(isRepositoryName)) return 'a file of a repository’s own, which may run programs'
  if (path !== printableName(path) || path.includes('\ufffd')) {
    return 'a name with characters that are not seen'
  }
  return undefined
}

/** Where it points, without following other links: those have been looked at themselves. */
function leadsOut(path: string, target: string): boolean {
  if (posix.isAbsolute(target) || target.includes('\\') || target === '') return true
  const parts = posix.normalize(posix.join(posix.dirname(path), target)).split('/')
  return parts[0] === '..' || parts.some(isRepositoryName)
}

const blob = (trial: Trial, id: string) => gitText({ ...trial, args: ['cat-file', 'blob', id] })

/** Git runs `ext::` URLs, `!` updates, and takes a path or URL with a dash for an option of ssh’s. */
async function areModulesHarmless(trial: Trial, id: string): Promise<boolean> {
  const { ok, stdout } = await git({
    ...trial,
    args: ['config', '--blob', id, '--no-includes', '-z', '--list'],
  })
  const entries = stdout.toString('utf8').split('\0').filter(Boolean)
  return ok && entries.every((entry) => isHarmlessSetting(entry))
}

function isHarmlessSetting(entry: string): boolean {
  const [key = '', value = ''] = [entry.split('\n')[0], entry.split('\n').slice(1).join('\n')]
  const name = /^submodule\.(?<module>.*)\.(?<field>[^.]+)$/s.exec(key)?.groups
  if (!name || !refusalFree(name.module ?? '')) return false
  if (name.field === 'path') return refusalFree(value)
  if (name.field === 'url')
    return /^(?:https?:\/\/[^-]|ssh:\/\/[^-]|git@[^-][^\s]*:|\.\.?\/)[^\s]*$/.test(value)
  if (name.field === 'update') return ['checkout', 'rebase', 'merge', 'none'].includes(value)
  return ['branch', 'shallow', 'ignore', 'fetchrecursesubmodules'].includes(name.field ?? '')
}

const refusalFree = (path: string) => refusalOf(path, '') === undefined && !path.startsWith('-')

/** Two names that differ in case alone are one file to many users, and the later would be written for the earlier. */
async function inspectCases(trial: Trial, offered: readonly Offered[]): Promise<void> {
  const folded = new Map<string, string>()
  const all = (await git({ ...trial, args: ['ls-files', '-z'] })).stdout.toString('utf8')
  const added = new Set(offered.filter(({ oldMode }) => oldMode === gone).map(({ path }) => path))
  for (const path of all.split('\0').filter(Boolean).flatMap(withDirectories)) {
    const key = path.normalize('NFC').toLowerCase()
    const other = folded.get(key) ?? path
    folded.set(key, path)
    if (other === path) continue
    const culprit = [...added].find((name) => [path, other].some((one) => under(name, one)))
    if (culprit)
      throw refused(
        printableName(culprit),
        `which differs from "${printableName(culprit.startsWith(path) ? other : path)}" in case alone`,
      )
  }
}

const under = (path: string, directory: string) =>
  path === directory || path.startsWith(`${directory}/`)

const withDirectories = (path: string) => {
  const parts = path.split('/')
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'))
}
