import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** `.git/objects/…`, a module’s, or those of a bare repository. */
const objectPath =
  /^(|.*[/ ])objects\/(?:([0-9a-f]{2}\/(?:[0-9a-f]{38}|[0-9a-f]{62}))|pack\/([^/]+)\.pack)$/

/** A repository’s objects, and nothing else of it, in a repository of ours. */
export interface GitStore {
  /** Where the objects were, such as `.git`. */
  readonly place: string
  readonly directory: string
  /** Not indexed yet. An index of theirs may leave objects out, so none is taken. */
  readonly packs: string[]
}

/** Takes the objects of repositories out of a stream of files. */
export class GitStores {
  readonly #directory: string
  readonly #stores = new Map<string, GitStore>()

  /** Below which everything is made; whoever made it removes it. */
  constructor(directory: string) {
    this.#directory = directory
  }

  get all(): readonly GitStore[] {
    return [...this.#stores.values()]
  }

  /** False for a file that is no object: nothing of it was read. */
  async take(path: string, content: AsyncIterable<Buffer>): Promise<boolean> {
    const [, place, loose, pack = ''] = objectPath.exec(path) ?? []
    if (place === undefined) return false
    const store = await this.#storeAt(place, /[0-9a-f]{62}/.test(loose ?? pack))
    const file = join(
      store.directory,
      loose ? join('objects', loose) : `${store.packs.length}.pack`,
    )
    if (!loose) store.packs.push(file)
    await mkdir(dirname(file), { recursive: true })
    await pipeline(content, createWriteStream(file, { mode: 0o600 }))
    return true
  }

  async #storeAt(place: string, isSha256: boolean): Promise<GitStore> {
    const known = this.#stores.get(place)
    if (known) return known
    const directory = join(this.#directory, `git-${this.#stores.size}`)
    const store = { place: place.replace(/\/$/, '') || '.', directory, packs: [] }
    this.#stores.set(place, store)
    for (const name of ['objects/pack', 'refs'])
      await mkdir(join(directory, name), { recursive: true, mode: 0o700 })
    await writeFile(join(directory, 'HEAD'), 'ref: refs/heads/none\n')
    await writeFile(join(directory, 'config'), isSha256 ? sha256Config : sha1Config)
    return store
  }
}

const sha1Config = '[core]\nrepositoryformatversion = 0\nbare = true\n'
const sha256Config =
  '[core]\nrepositoryformatversion = 1\nbare = true\n[extensions]\nobjectformat = sha256\n'
