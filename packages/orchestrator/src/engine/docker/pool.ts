import { SandboxError } from '@stuntdouble/sdk/errors'
import type { OnProgress } from '@stuntdouble/sdk/wire'
import type Docker from 'dockerode'
import type { Images } from '../engine.ts'
import { isGone, statusOf } from './docker-errors.ts'
import { orAborted } from './image-or-aborted.ts'
import { poolBroken } from './pool-errors.ts'
import {
  enterKeeper,
  type Mechanism,
  observeMechanism,
  removeKeeper,
  removePoolVolume,
  startKeeper,
} from './pool-keeper.ts'
import { attachLoop, detachLoop } from './pool-loop.ts'
import { type PoolNames, poolNames } from './pool-names.ts'
import { Shell, type ShellResult } from './shell.ts'

const keeperImage = 'stuntdouble/keeper'
const attempts = 5
/** Its image may have to be built first. */
const openMs = 15 * 60_000

export interface PoolOptions {
  readonly docker: Docker
  readonly installation: string
  readonly images: Images
  /** Of the sparse file; less where the disk has less. */
  readonly poolBytes: number
  /** A directory only where reflink cannot be had, when left out. */
  readonly mechanism?: 'reflink' | 'directory'
  readonly onProgress?: OnProgress
}

/** What goes on beside the pool's own shell, which is for what takes milliseconds. */
type Aside = 'looking' | 'copying'

/** An open pool: what it is, where the engine has it mounted, and a shell at its root. */
interface OpenPool {
  readonly mechanism: Mechanism
  /** On the engine's machine. */
  readonly mountpoint: string
  readonly shell: Shell
}

/**
 * The file system that clones share blocks on, made and repaired through the engine's socket alone.
 * Opened by its first use; opened again when its keeper went away.
 */
export class Pool implements AsyncDisposable {
  readonly names: PoolNames
  readonly #options: PoolOptions
  #opening: Promise<OpenPool> | undefined
  readonly #aside = new Map<Aside, Promise<Shell>>()

  constructor(options: PoolOptions) {
    this.names = poolNames(options.installation)
    this.#options = options
  }

  /**
   * Runs a script with the pool as working directory, nobody else's script at the same time. It runs
   * again when the keeper went away underneath, so it must be idempotent.
   */
  async run(script: string, signal: AbortSignal): Promise<ShellResult> {
    const locked = `cd /pool || exit 1\nexec 9>.lock; flock 9\n${script}`
    const { shell } = await this.open(signal)
    try {
      return await shell.run(locked, signal)
    } catch (cause) {
      signal.throwIfAborted()
      if (shell.usable) throw cause
    }
    const again = await this.open(signal)
    return again.shell.run(locked, signal)
  }

  /**
   * Runs a script that changes nothing and may take long, at the pool's root and beside those of
   * `run`. One at a time; an abort leaves its programs to end by themselves.
   */
  look(script: string, signal: AbortSignal): Promise<ShellResult> {
    return this.#runAside('looking', script, signal)
  }

  /** The same for a script that copies. It takes `.lock` itself, as descriptor 9, for all but the copying. */
  copy(script: string, signal: AbortSignal): Promise<ShellResult> {
    return this.#runAside('copying', `exec 9>.lock\n${script}`, signal)
  }

  async open(signal: AbortSignal): Promise<OpenPool> {
    this.#opening ??= this.#repair(AbortSignal.timeout(openMs))
    const opening = this.#opening
    const forget = () => {
      if (this.#opening === opening) this.#opening = undefined
    }
    opening.catch(forget)
    const open = await orAborted(opening, signal)
    if (open.shell.usable) return open
    forget()
    return this.open(signal)
  }

  /** Whether there is one, open or not. Makes nothing. */
  async exists(): Promise<boolean> {
    if (this.#opening !== undefined) return true
    return (await observeMechanism(this.#work)) !== undefined || this.#hasFile()
  }

  /** Keeper, volume, loop device and file; every snapshot with them. Content when nothing was there. */
  async remove(signal: AbortSignal): Promise<void> {
    await this[Symbol.asyncDispose]()
    await this.#clearAway(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = await this.#opening?.catch(() => undefined)
    this.#opening = undefined
    await open?.shell[Symbol.asyncDispose]()
    for (const shell of this.#aside.values()) {
      await (await shell.catch(() => undefined))?.[Symbol.asyncDispose]()
    }
    this.#aside.clear()
  }

  async #runAside(aside: Aside, script: string, signal: AbortSignal): Promise<ShellResult> {
    await this.open(signal)
    const known = this.#aside.get(aside)
    const usable = (await known?.catch(() => undefined))?.usable ?? false
    // One, however many ask for it at once.
    if (!usable && this.#aside.get(aside) === known) {
      this.#aside.set(aside, Shell.open(this.#options.docker, this.names.keeper))
    }
    const shell = await (this.#aside.get(aside) as Promise<Shell>)
    return shell.run(`cd /pool || exit 1\n${script}`, signal)
  }

  get #work() {
    return { docker: this.#options.docker, names: this.names, keeperImage }
  }

  async #repair(signal: AbortSignal): Promise<OpenPool> {
    const { docker, images, onProgress = () => {} } = this.#options
    await images.ensure(keeperImage, onProgress, signal)
    const { mechanism, shell } = await this.#enter(signal)
    const { Mountpoint: mountpoint } = await docker.getVolume(this.names.pool).inspect()
    await shell.run('flock /pool/.lock sh -c "rm -rf /pool/trash/*"', signal)
    return { mechanism, mountpoint, shell }
  }

  /** Looks first and repairs after; another process may be doing the same, so it looks again. */
  async #enter(signal: AbortSignal): Promise<{ mechanism: Mechanism; shell: Shell }> {
    let failure: unknown
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      signal.throwIfAborted()
      const seen = await observeMechanism(this.#work)
      const shell = seen && (await enterKeeper(this.#work, seen, signal))
      if (seen && shell) return { mechanism: seen, shell }
      failure = await this.#attach(seen).catch((cause: unknown) => {
        if (cause instanceof SandboxError) throw cause
        return cause
      })
    }
    throw poolBroken(reasonOf(failure), failure)
  }

  async #attach(seen: Mechanism | undefined): Promise<void> {
    const isNew = seen === undefined && !(await this.#hasFile())
    const wanted = seen?.kind ?? (isNew ? this.#options.mechanism : 'reflink')
    if (wanted === 'directory') return this.#start(seen ?? directory('it was asked for'))
    try {
      await this.#attachReflink(seen)
    } catch (cause) {
      // What a pool holds would be out of sight in a new one: only a new pool falls back.
      if (!isNew || wanted === 'reflink' || cause instanceof SandboxError) throw cause
      if (await observeMechanism(this.#work)) throw cause
      await this.#clearAway(AbortSignal.timeout(30_000))
      await this.#start(directory(reasonOf(cause)))
    }
  }

  /** Waits for nobody who is opening it: that may be who asks. */
  async #clearAway(signal: AbortSignal): Promise<void> {
    const { docker, images, onProgress = () => {} } = this.#options
    await removeKeeper(this.#work)
    await removePoolVolume(this.#work)
    if (!(await this.#hasFile())) return
    await images.ensure(keeperImage, onProgress, signal)
    await detachLoop(this.#work)
    await docker.getVolume(this.names.file).remove()
  }

  async #attachReflink(seen: Mechanism | undefined): Promise<void> {
    const device = await attachLoop(this.#work, this.#options.poolBytes)
    if (seen && seen.device !== device) {
      await removeKeeper(this.#work)
      await removePoolVolume(this.#work)
    }
    await this.#start({ kind: 'reflink', device, reason: null })
  }

  async #start(mechanism: Mechanism): Promise<void> {
    try {
      await startKeeper(this.#work, mechanism)
    } catch (cause) {
      // One that was made from an older description cannot start any more.
      if (statusOf(cause) === 500) await removeKeeper(this.#work)
      throw cause
    }
  }

  async #hasFile(): Promise<boolean> {
    try {
      await this.#options.docker.getVolume(this.names.file).inspect()
      return true
    } catch (cause) {
      if (isGone(cause)) return false
      throw cause
    }
  }
}

const directory = (reason: string): Mechanism => ({ kind: 'directory', device: null, reason })

function reasonOf(cause: unknown): string {
  const said = cause instanceof Error ? cause.message : 'it did not come up'
  return said.split('\n').at(-1)?.slice(0, 300) ?? said
}
