import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type CommandRequest, runCommand } from './command-result.ts'
import { repository } from './images.ts'

const resolve = createRequire(import.meta.url).resolve
const pnpm = join(repository, '.tools/bin/pnpm')
const isArm = process.arch === 'arm64'

/** The oldest Node that the package promises to run in. */
export const oldestNode = resolve(`node-linux-${isArm ? 'arm64' : 'x64'}/bin/node`)

/** The SDK packed as it is published, and installed in a directory as its users install it. */
export class PackedSdk {
  readonly #directory: string
  readonly #env: CommandRequest['env']

  private constructor(directory: string, env: CommandRequest['env']) {
    this.#directory = directory
    this.#env = env
  }

  /** Makes the directory, which is the caller's to remove. */
  static async install(directory: string, env: CommandRequest['env']): Promise<PackedSdk> {
    const user = new PackedSdk(directory, env)
    await mkdir(directory)
    await writeFile(join(directory, 'package.json'), '{ "private": true, "type": "module" }')
    const sdk = join(repository, 'packages/sdk')
    await user.#must({ file: pnpm, args: ['pack', '--pack-destination', directory], cwd: sdk })
    const [archive] = (await readdir(directory)).filter((name) => name.endsWith('.tgz'))
    await user.#must({ file: pnpm, args: ['add', '--prefer-offline', `./${archive}`] })
    return user
  }

  /** Checks a program against the package's types; answers the path of what it is as JavaScript. */
  async compile(program: string): Promise<string> {
    await writeFile(join(this.#directory, 'program.ts'), program)
    const types = ['--types', 'node', '--typeRoots', join(repository, 'node_modules/@types')]
    const options = ['--module', 'nodenext', '--target', 'es2022', '--strict', ...types]
    await this.#must({
      file: process.execPath,
      args: [resolve('typescript/bin/tsc'), ...options, 'program.ts'],
    })
    return join(this.#directory, 'program.js')
  }

  async #must(command: Pick<CommandRequest, 'file' | 'args'> & { cwd?: string }): Promise<void> {
    const request = { cwd: this.#directory, env: this.#env, timeoutMs: 180_000, ...command }
    const { stdout, stderr, exitCode } = await runCommand(request)
    if (exitCode !== 0) throw new Error(`${command.args.join(' ')}: ${stdout}${stderr}`)
  }
}
