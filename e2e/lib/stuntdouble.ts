import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlClient } from '@stuntdouble/sdk/client'
import { findOrchestrator, readLocalOrchestrator } from '@stuntdouble/sdk/node'
import type { LocalOrchestrator } from '@stuntdouble/sdk/wire'
import { type CommandRequest, type CommandResult, runCommand } from './command-result.ts'
import type { EngineClient } from './container-runtime.ts'
import { repository } from './images.ts'
import { expectNothingLeft } from './nothing-left.ts'
import { reapersOf } from './reapers.ts'

export interface StuntdoubleOptions {
  /** Files of the project directory by name: stuntdouble.yaml, sandbox.yaml, what the workspace holds. */
  readonly files?: Readonly<Record<string, string>>
  /** Variables that the configuration names, such as SHOP_URL. */
  readonly env?: Readonly<Record<string, string>>
  /** Where to look for what is left; the machine's when left out. */
  readonly engine?: EngineClient
}

export type RunOptions = Partial<Pick<CommandRequest, 'stdin' | 'showProgress' | 'timeoutMs'>> & {
  readonly env?: Readonly<Record<string, string>>
}

/**
 * An installation of its own: the real command, a project directory, state, config and sockets below
 * one temporary directory. Disposal ends its sandboxes and its orchestrator, removes its clone pool,
 * and fails when anything is left.
 */
export class Stuntdouble implements AsyncDisposable {
  /** Short: a socket's path has 107 bytes. */
  readonly root: string
  readonly project: string
  readonly env: Readonly<Record<string, string | undefined>>

  readonly #engine: EngineClient | undefined

  private constructor(root: string, { env = {}, engine }: StuntdoubleOptions) {
    this.#engine = engine
    this.root = root
    this.project = join(root, 'project')
    this.env = { ...inherited(), ...xdg(root), ...env }
  }

  static async open(options: StuntdoubleOptions = {}): Promise<Stuntdouble> {
    const opened = new Stuntdouble(await mkdtemp('/tmp/sd-'), options)
    for (const name of ['state', 'config', 'run', 'project']) {
      await mkdir(join(opened.root, name), { mode: 0o700 })
    }
    await opened.write({ 'stuntdouble.yaml': '', ...options.files })
    return opened
  }

  /** One that an earlier process opened and left as it was. */
  static reopen(root: string, env: Readonly<Record<string, string>> = {}): Stuntdouble {
    return new Stuntdouble(root, { env })
  }

  /** Files of the project directory. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.project, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, name === 'stuntdouble.yaml' ? withoutPool(content) : content)
    }
  }

  read(name: string): Promise<string> {
    return readFile(join(this.project, name), 'utf8')
  }

  /** `./sandbox …` in the project directory. */
  run(args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    return runCommand({
      file: join(repository, 'sandbox'),
      args,
      cwd: this.project,
      timeoutMs: options.timeoutMs ?? 600_000,
      stdin: options.stdin,
      showProgress: options.showProgress,
      env: { ...this.env, ...options.env },
    })
  }

  /** `./sandbox … --json`, its one object. Fails when the command does, with the end of the log. */
  async json<T>(args: readonly string[], options: RunOptions = {}): Promise<T> {
    const result = await this.run([...args, '--json'], options)
    if (result.exitCode === 0) return result.json<T>()
    const { exitCode, stderr } = result
    throw new Error(
      `sandbox ${args.join(' ')} ended with ${exitCode}: ${stderr}\nlog: ${await this.log()}`,
    )
  }

  /** The local orchestrator, once a command has started it. */
  orchestrator(): Promise<LocalOrchestrator | undefined> {
    return readLocalOrchestrator(this.env)
  }

  control(): Promise<ControlClient> {
    return findOrchestrator({ env: this.env })
  }

  /** What every label of this installation on the engine says; undefined before its first start. */
  async installation(): Promise<string | undefined> {
    const file = join(this.root, 'state/stuntdouble/installation')
    return (await readFile(file, 'utf8').catch(() => undefined))?.trim()
  }

  /** The end of the local orchestrator's log; empty before its first start. */
  async log(lines = 20): Promise<string> {
    const file = join(this.root, 'state/stuntdouble/orchestrator.log')
    const text = await readFile(file, 'utf8').catch(() => '')
    return text.trimEnd().split('\n').slice(-lines).join('\n')
  }

  /** Ends the orchestrator, as a service manager would or as a power cut would. */
  async stopOrchestrator(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const pid = (await this.orchestrator())?.pid
    if (pid === undefined || !isAlive(pid)) return
    process.kill(pid, signal)
    for (let waited = 0; isAlive(pid); waited += 50) {
      if (waited > 15_000) throw new Error(`the orchestrator (${pid}) did not end on ${signal}`)
      await sleep(50)
    }
  }

  /** What outlives an orchestrator ends by itself when nothing is left to do. */
  async #untilReaped(): Promise<void> {
    for (let waited = 0; (await reapersOf(this.root)).length > 0; waited += 50) {
      if (waited > 15_000) throw new Error(`reapers are left: ${await reapersOf(this.root)}`)
      await sleep(50)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const installation = await this.installation()
    if (installation === undefined) return rm(this.root, { recursive: true, force: true })
    try {
      const down = await this.run(['down', '--all', '--json'])
      if (down.exitCode !== 0) throw new Error(`down --all failed: ${down.stderr}`)
    } finally {
      await this.stopOrchestrator()
      await this.#untilReaped()
      const runDirectory = join(this.root, 'run')
      await expectNothingLeft({ installation, runDirectory, engine: this.#engine })
      await rm(this.root, { recursive: true, force: true })
    }
  }
}

/** Tests count what is on the engine; those of the pool say that they want one. */
const withoutPool = (config: string) =>
  /^pool:/m.test(config) || (config && !/^\w+:/m.test(config))
    ? config
    : `${config.trimEnd()}\npool: off\n`

const xdg = (root: string) => ({
  XDG_STATE_HOME: join(root, 'state'),
  XDG_CONFIG_HOME: join(root, 'config'),
  XDG_RUNTIME_DIR: join(root, 'run'),
  NO_COLOR: '1',
})

/** A developer's own orchestrator is none of a test's business. */
function inherited(): Record<string, string | undefined> {
  // biome-ignore lint/style/noProcessEnv: a child gets what the test's runner was given
  const { STUNTDOUBLE_URL, STUNTDOUBLE_API_KEY, ...rest } = process.env
  return rest
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
