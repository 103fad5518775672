import * as door from '../door/door.ts'
import type { RequestBody } from '../http/connection.ts'
import type { ExecResult } from '../wire/door.ts'

/** Called with text as it comes. */
export interface OutputListeners {
  readonly onStdout?: (text: string) => void
  readonly onStderr?: (text: string) => void
}

/**
 * A command that runs in the background, and goes on when this handle, its program or its machine is
 * gone. It ends with its sandbox.
 */
export class BackgroundCommand implements AsyncDisposable {
  readonly id: string
  /** Inside; null where it could not be learnt. */
  readonly pid: number | null
  /** Bytes that were no longer kept when this handle would have read them. */
  droppedBytes = 0
  readonly #ref: door.ProcessRef
  readonly #output: Record<'stdout' | 'stderr', door.Kept>
  readonly #left = new AbortController()
  readonly #exit: Promise<number>

  constructor(ref: door.ProcessRef, pid: number | null, listeners: OutputListeners) {
    this.id = ref.id
    this.pid = pid
    this.#ref = ref
    this.#output = {
      stdout: new door.Kept(listeners.onStdout),
      stderr: new door.Kept(listeners.onStderr),
    }
    this.#exit = this.#follow()
    this.#exit.catch(() => {})
  }

  /**
   * Resolves when it has ended, with what this handle saw of its output; an exit code that is not
   * zero is a result. Rejects after `disconnect`.
   */
  async wait(): Promise<ExecResult> {
    const exitCode = await this.#exit
    const { stdout, stderr } = this.#output
    const truncated = stdout.truncated || stderr.truncated || this.droppedBytes > 0
    const result = { stdout: stdout.end(), stderr: stderr.end(), exitCode }
    return truncated ? { ...result, truncated } : result
  }

  /** Ends it and all it started. */
  kill(signal: door.ProcessSignal = 'SIGKILL'): Promise<void> {
    return door.signalProcess(this.#ref, signal)
  }

  /** Of one that was started with `stdin: true`, or with a terminal. Resolves when it was taken. */
  sendStdin(data: RequestBody): Promise<void> {
    return door.writeStdin(this.#ref, data)
  }

  closeStdin(): Promise<void> {
    return door.closeStdin(this.#ref)
  }

  resize(cols: number, rows: number): Promise<void> {
    return door.resizeProcess(this.#ref, cols, rows)
  }

  /** Stops listening. The command runs on; `commands.connect(id)` finds it again. */
  disconnect(): void {
    this.#left.abort(new DOMException('The handle was disconnected.', 'AbortError'))
  }

  /** Disconnects: what runs in the background is to outlive a scope. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.disconnect()
  }

  async #follow(): Promise<number> {
    const { signal } = this.#left
    for await (const piece of door.outputOf(this.#ref, { follow: true, signal })) {
      if (piece.type === 'exit') return piece.exitCode
      if (piece.type === 'dropped') this.droppedBytes += piece.bytes
      else this.#output[piece.type].add(piece.bytes)
    }
    throw signal.reason
  }
}
