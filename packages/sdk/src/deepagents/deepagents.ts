import {
  BaseSandbox,
  type ExecuteResponse,
  type FileDownloadResponse,
  type FileOperationError,
  type FileUploadResponse,
} from 'deepagents'
import { SandboxError } from '../errors.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'

/** As the `timeout` command ends what took too long. */
const timedOutCode = 124

export interface BackendOptions {
  /** Of each command; ten minutes when left out. It ends with 124 then. */
  readonly timeoutMs?: number
}

/**
 * A sandbox as the backend of a deep agent, whose package `deepagents` is the caller’s own: its files
 * and its `execute`. It does not end with the agent; whoever made it ends it.
 */
export class SandboxBackend extends BaseSandbox {
  readonly id: string
  readonly #box: Sandbox
  readonly #options: BackendOptions

  constructor(box: Sandbox, options: BackendOptions = {}) {
    super()
    this.id = box.id
    this.#box = box
    this.#options = options
  }

  async execute(command: string): Promise<ExecuteResponse> {
    try {
      const {
        stdout,
        exitCode,
        truncated = false,
      } = await this.#box.commands.run(
        // One stream for both, so that a model reads them in their order.
        `exec 2>&1\n${command}`,
        this.#options,
      )
      return { output: stdout, exitCode, truncated }
    } catch (error) {
      if (!(error instanceof SandboxError) || error.code !== 'timed_out') throw error
      return { output: `${error.message} ${error.hint}`, exitCode: timedOutCode, truncated: false }
    }
  }

  uploadFiles(files: [string, Uint8Array][]): Promise<FileUploadResponse[]> {
    return Promise.all(
      files.map(async ([path, content]) => {
        const writing = this.#box.files.write(path, new Uint8Array(content))
        const error = await writing.then(
          () => null,
          (cause) => this.#told(path, cause),
        )
        return { path, error }
      }),
    )
  }

  downloadFiles(paths: string[]): Promise<FileDownloadResponse[]> {
    return Promise.all(
      paths.map(async (path) => {
        try {
          return { path, content: await this.#box.files.read(path), error: null }
        } catch (cause) {
          return { path, content: null, error: await this.#told(path, cause) }
        }
      }),
    )
  }

  /** In the framework’s words. What is not about the one file is thrown. */
  async #told(path: string, cause: unknown): Promise<FileOperationError> {
    if (!(cause instanceof SandboxError)) throw cause
    if (cause.code === 'file_not_found') return 'file_not_found'
    if (cause.code !== 'usage' && cause.code !== 'forbidden') throw cause
    return (await this.#box.files.type(path)) === 'directory' ? 'is_directory' : 'permission_denied'
  }
}
