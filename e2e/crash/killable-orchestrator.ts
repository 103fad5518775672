import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { repository } from '../lib/images.ts'
import type { Stuntdouble } from '../lib/stuntdouble.ts'

const main = join(repository, 'packages/orchestrator/src/main.ts')
const journalWrites = join(import.meta.dirname, 'journal-writes.ts')

/** The orchestrator itself, as a child of the test that can be ended at any moment. */
export class KillableOrchestrator implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#ended = once(child, 'exit')
  }

  /** Resolves when it answers, and so has taken up what the one before it left. */
  static async start(home: Stuntdouble): Promise<KillableOrchestrator> {
    const logFile = join(home.root, 'orchestrator.log')
    await using log = await open(logFile, 'a')
    const child = spawn(
      process.execPath,
      ['--import', journalWrites, main, '--config', join(home.project, 'stuntdouble.yaml')],
      { cwd: home.root, env: home.env, stdio: ['ignore', log.fd, log.fd, 'ipc'] },
    )
    const started = new KillableOrchestrator(child)
    while ((await home.orchestrator())?.pid !== child.pid) {
      if (child.exitCode !== null) throw new Error(await readFile(logFile, 'utf8'))
      await sleep(10)
    }
    return started
  }

  /** At once: the kernel runs nothing more of it when this returns. */
  strike = (): void => void this.#child.kill('SIGKILL')

  /** Whether it has ended, or is about to. */
  get isGone(): boolean {
    return this.#child.killed || this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  async gone(): Promise<void> {
    await this.#ended
  }

  /** Counts writes to the journal from now on, and ends with the one of that number; 0 for never. */
  async countWrites(killAfter = 0): Promise<void> {
    await this.#tell(killAfter)
  }

  writes(): Promise<number> {
    return this.#tell('count')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.strike()
    await this.#ended
  }

  async #tell(message: number | string): Promise<number> {
    const answer = once(this.#child, 'message')
    this.#child.send(message)
    return Number((await answer)[0])
  }
}
