import { chmod, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { newSecret } from '../../lib/ids.ts'
import type { Resource } from '../engine.ts'

/** sun_path of unix(7), less its closing NUL. */
const longestSocketPath = 107
const podName = /^[a-z0-9][a-z0-9-]{0,62}$/

/**
 * The directories that gates and the orchestrator share, one a pod, under a parent that only the
 * orchestrator may enter. A pod's directory is sticky: the gate can make its own socket there and
 * cannot replace the deadline or the egress socket, which belong to the orchestrator.
 */
export class RunDirectory {
  readonly #parent: string

  constructor(parent: string) {
    this.#parent = parent
  }

  path(pod: string): string {
    if (!podName.test(pod)) throw new Error(`"${pod}" is not the name of a pod`)
    return join(this.#parent, pod)
  }

  /** Where the gate listens. */
  inSocket = (pod: string) => join(this.path(pod), 'in.sock')

  /** Where the orchestrator listens for what leaves the pod. */
  outSocket = (pod: string) => join(this.path(pod), 'out.sock')

  /** Holds the deadline once more, and nothing else: for containers that must not see the sockets. */
  lease = (pod: string) => join(this.path(pod), 'lease')

  async create(pod: string): Promise<void> {
    if (Buffer.byteLength(this.outSocket(pod)) > longestSocketPath) {
      throw socketPathTooLong(this.#parent)
    }
    await mkdir(this.#parent, { recursive: true, mode: 0o700 })
    await chmod(this.#parent, 0o700)
    await mkdir(this.path(pod), { recursive: true })
    await chmod(this.path(pod), 0o1777)
    await mkdir(this.lease(pod), { recursive: true })
  }

  /** Replaces the file in one step, so the gate never reads half a number. False without a directory. */
  async writeDeadline(pod: string, deadline: Date): Promise<boolean> {
    const seconds = Math.floor(deadline.getTime() / 1000)
    const write = async (directory: string) => {
      const isThere = await exists(directory)
      if (isThere) await replaceFile(join(directory, 'deadline'), `${seconds}\n`)
      return isThere
    }
    // Of a pod that an earlier version started there is one alone.
    const [isThere] = await Promise.all([this.path(pod), this.lease(pod)].map(write))
    return isThere === true
  }

  /** Of the pods that have one that can be read. */
  async deadlines(): Promise<ReadonlyMap<string, Date>> {
    const found = await Promise.all(
      (await this.pods()).map(async (pod) => [pod, await this.#deadlineOf(pod)] as const),
    )
    return new Map(found.flatMap(([pod, at]) => (at === undefined ? [] : [[pod, at]])))
  }

  async #deadlineOf(pod: string): Promise<Date | undefined> {
    const text = await readFile(join(this.path(pod), 'deadline'), 'utf8').catch(falseWhenAbsent)
    const seconds = Number(text || Number.NaN)
    return Number.isFinite(seconds) ? new Date(seconds * 1000) : undefined
  }

  async pods(): Promise<readonly string[]> {
    const names = await readdir(this.#parent).catch(emptyWhenAbsent)
    return names.filter((name) => podName.test(name))
  }

  async inventory(pod: string): Promise<readonly Resource[]> {
    const directory = this.path(pod)
    if (!(await exists(directory))) return []
    const names = await readdir(directory).catch(emptyWhenAbsent)
    const sockets = names.filter((name) => name.endsWith('.sock'))
    return [
      { kind: 'directory', id: directory, name: pod },
      ...sockets.map((name) => ({ kind: 'socket', id: join(directory, name), name }) as const),
    ]
  }

  async remove(pod: string): Promise<void> {
    await rm(this.path(pod), { recursive: true, force: true })
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${newSecret()}`
  await writeFile(draft, text, { flag: 'wx', mode: 0o644 })
  await rename(draft, path)
}

const exists = (path: string) => lstat(path).then(() => true, falseWhenAbsent)

function falseWhenAbsent(cause: NodeJS.ErrnoException): boolean {
  if (cause.code === 'ENOENT') return false
  throw cause
}

function emptyWhenAbsent(cause: NodeJS.ErrnoException): string[] {
  if (cause.code === 'ENOENT') return []
  throw cause
}

const socketPathTooLong = (parent: string) =>
  new SandboxError('config_invalid', `The run directory's path is too long: ${parent}`, {
    hint: `A socket in it may have ${longestSocketPath} bytes of path; choose a shorter directory.`,
  })
