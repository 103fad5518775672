import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runCommand } from '../lib/command-result.ts'

export interface TreeItem {
  readonly mode: string
  readonly path: string
  /** The commit of a submodule. */
  readonly content: string
}

export const file = (path: string, content: string, mode = '100644'): TreeItem => ({
  path,
  content,
  mode,
})

const identity = ['-c', 'user.name=Mallory', '-c', 'user.email=m@evil.example']
const permitted = [
  'protocol.file.allow=always',
  'core.protectHFS=false',
  'core.protectNTFS=false',
].flatMap((setting) => ['-c', setting])

/** Makes repositories below `root`/served that git itself would refuse to make, and clones some as it would. */
export class HostileGit {
  readonly #root: string
  readonly #env: Readonly<Record<string, string>>
  #attempts = 0

  constructor(root: string) {
    this.#root = root
    this.#env = { PATH: '/usr/bin:/bin', HOME: root, GIT_CONFIG_NOSYSTEM: '1' }
  }

  run(cwd: string, args: readonly string[], input?: string | Buffer): string {
    const options = { cwd, env: this.#env, input, encoding: 'utf8', stdio: 'pipe' } as const
    return execFileSync('git', [...identity, ...permitted, ...args], options).trim()
  }

  /** A bare repository whose only commit holds this, whatever git would say to it. */
  async commit(name: string, items: readonly TreeItem[]): Promise<void> {
    const bare = join(this.#root, 'served', name)
    await mkdir(bare, { recursive: true })
    this.run(bare, ['init', '-q', '--bare', '-b', 'main'])
    const commit = this.run(bare, ['commit-tree', this.#treeOf(bare, items), '-m', 'hostile'])
    this.run(bare, ['update-ref', 'refs/heads/main', commit])
  }

  /** As somebody without us would clone it; the copy’s place. Not in this thread, which serves it. */
  async unguarded(url: string, args: readonly string[]): Promise<string> {
    this.#attempts += 1
    const copy = join(this.#root, `unguarded-${this.#attempts}`)
    // How it ends does not matter: what it was to run has run by then.
    await runCommand({
      ...{ file: 'git', args: [...permitted, ...args, url, copy], cwd: this.#root },
      ...{ timeoutMs: 60_000, env: this.#env },
    })
    return copy
  }

  /** Its files as a program writes them that reads trees and trusts their names. */
  async unpacked(name: string): Promise<string> {
    const bare = join(this.#root, 'served', name)
    const out = join(this.#root, `unpacked-${name}`)
    const records = this.run(bare, ['ls-tree', '-r', '-z', 'main']).split('\0').filter(Boolean)
    for (const record of records) {
      const [facts = '', path = ''] = record.split('\t')
      await mkdir(dirname(join(out, path)), { recursive: true })
      const content = this.run(bare, ['cat-file', 'blob', facts.split(' ')[2] ?? ''])
      await writeFile(join(out, path), content)
    }
    return out
  }

  /** Objects written by hand: `git mktree` refuses some of these. */
  #treeOf(bare: string, items: readonly TreeItem[]): string {
    const tops = Map.groupBy(items, ({ path }) => path.split('/')[0] ?? '')
    const parts = [...tops]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, below]) => {
        const [only] = below
        const leaf = only?.path === name ? only : undefined
        const id = leaf ? this.#blobOf(bare, leaf) : this.#treeOf(bare, within(name, below))
        const head = Buffer.from(`${leaf?.mode ?? '40000'} ${name}\0`)
        return Buffer.concat([head, Buffer.from(id, 'hex')])
      })
    const args = ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin']
    return this.run(bare, args, Buffer.concat(parts))
  }

  #blobOf(bare: string, { mode, content }: TreeItem): string {
    const isSubmodule = mode === '160000'
    return isSubmodule ? content : this.run(bare, ['hash-object', '-w', '--stdin'], content)
  }
}

const within = (name: string, items: readonly TreeItem[]) =>
  items.map((each) => ({ ...each, path: each.path.slice(name.length + 1) }))
