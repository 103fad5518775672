import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CommandResult, runCommand } from './command-result.ts'

const e2e = join(import.meta.dirname, '..')
const program = (name: string) => join(e2e, 'node_modules', '.bin', name)

/**
 * A program of a user of the OpenAPI document, in a directory of its own: `document.ts` with the types
 * that openapi-typescript makes of the document, and `journey.ts`, which uses them through openapi-fetch.
 */
export class GeneratedClient implements AsyncDisposable {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async of(document: unknown): Promise<GeneratedClient> {
    const folder = await mkdtemp(join(tmpdir(), 'stuntdouble-openapi-'))
    const client = new GeneratedClient(folder)
    try {
      await client.#fill(document)
    } catch (error) {
      await client[Symbol.asyncDispose]()
      throw error
    }
    return client
  }

  async #fill(document: unknown): Promise<void> {
    await writeFile(join(this.#folder, 'openapi.json'), JSON.stringify(document))
    await writeFile(join(this.#folder, 'package.json'), '{ "type": "module" }')
    await symlink(join(e2e, 'node_modules'), join(this.#folder, 'node_modules'))
    await copyFile(join(e2e, 'openapi', 'journey.ts.txt'), join(this.#folder, 'journey.ts'))
    const made = await this.#run(program('openapi-typescript'), [
      ...['openapi.json', '--output', 'document.ts'],
    ])
    if (made.exitCode !== 0) throw new Error(`openapi-typescript failed: ${made.stderr}`)
  }

  /** What the compiler says of it: nothing, when the program fits the document. */
  async check(): Promise<string> {
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--allowImportingTsExtensions']
    const target = ['--target', 'es2022', '--module', 'nodenext']
    const types = ['--types', 'node', '--typeRoots', join(e2e, '..', 'node_modules', '@types')]
    const args = [...options, ...target, ...types, 'journey.ts']
    const { stdout } = await this.#run(program('tsc'), args)
    return stdout
  }

  /** Runs the journey against an orchestrator. */
  drive(url: string, key: string): Promise<CommandResult> {
    const env = { STUNTDOUBLE_URL: url, STUNTDOUBLE_API_KEY: key }
    return this.#run(process.execPath, ['journey.ts'], env)
  }

  #run(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    // biome-ignore lint/style/noProcessEnv: a child gets what the test's runner was given
    const given = { ...process.env, ...env }
    return runCommand({ file, args, cwd: this.#folder, env: given, timeoutMs: 120_000 })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true })
  }
}
