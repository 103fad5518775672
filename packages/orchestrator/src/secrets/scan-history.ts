import type { Findings } from './findings.ts'
import { commitWith, readHistory } from './git-history.ts'
import type { GitStore } from './git-store.ts'

interface Looks {
  readonly findings: Findings
  /** Whether a file of this path may not enter. */
  name(path: string): boolean
  content(file: string, content: AsyncIterable<Buffer>): Promise<void>
}

/** Names of commits cost a walk each. */
const mostCommits = 20

/** Looks at every object of a repository, and tells what was found by path and commit. */
export async function scanHistory(store: GitStore, looks: Looks): Promise<void> {
  const { findings } = looks
  const fileOf = (type: string, id: string) => `${store.place}: ${type} ${id.slice(0, 12)}`
  const paths = new Map<string, string>()
  try {
    const commits = await readHistory(store, {
      object: ({ id, type, content }) => looks.content(fileOf(type, id), content),
      path(path, id) {
        const file = fileOf('blob', id)
        const isForbidden = looks.name(path)
        if (isForbidden) findings.add({ ...holdsSecrets, file, text: path })
        if (isForbidden || findings.isAbout(file)) paths.set(id, path)
      },
    })
    for (const [id, path] of [...paths].slice(0, mostCommits)) {
      const commit = await commitWith(store, commits, id)
      const where = commit ? `${path} in commit ${commit.slice(0, 12)}` : path
      findings.rename(fileOf('blob', id), `${store.place}: ${where} (blob ${id.slice(0, 12)})`)
    }
  } catch {
    findings.add({ ...unreadable, file: store.place, text: 'history' })
  }
}

const holdsSecrets = { line: null, what: 'a file of this name holds secrets, and was committed' }
const unreadable = {
  line: null,
  what: 'a history of git that cannot be read whole',
  hint: 'Leave .git out. Looking into it needs git on the orchestrator’s machine.',
}
