import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import { demultiplex } from './demultiplex.ts'
import { engineFailed } from './docker-errors.ts'
import { ShellOutput } from './shell-output.ts'

export interface ShellResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/**
 * A shell kept open in a container over one connection. A plain exec costs the engine some 40 ms at
 * its end; here the end is told in-band by a marker nobody can guess, and a round trip is 1–2 ms.
 * Commands run one after another, each in a subshell with nothing on stdin.
 */
export class Shell implements AsyncDisposable {
  readonly #connection: Duplex
  readonly #stdout = new ShellOutput()
  readonly #stderr = new ShellOutput()
  #tail: Promise<unknown> = Promise.resolve()
  #broken: Error | undefined

  static async open(docker: Docker, container: string): Promise<Shell> {
    const exec = await docker.getContainer(container).exec({
      Cmd: ['sh'],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    })
    return new Shell(await exec.start({ hijack: true, stdin: true }))
  }

  private constructor(connection: Duplex) {
    this.#connection = connection
    const outputs = { stdout: this.#stdout, stderr: this.#stderr }
    connection.once('error', (cause) => this.#break(cause))
    demultiplex(connection, outputs).then(
      () => this.#break(),
      (cause) => this.#break(cause),
    )
  }

  get usable(): boolean {
    return this.#broken === undefined
  }

  /** Rejects with `engine_failed` when the shell is gone. An abort ends the shell: it may be stuck. */
  run(script: string, signal: AbortSignal): Promise<ShellResult> {
    const result = this.#tail.then(() => this.#runNow(script, signal))
    this.#tail = result.catch(() => {})
    return result
  }

  async #runNow(script: string, signal: AbortSignal): Promise<ShellResult> {
    signal.throwIfAborted()
    if (this.#broken) throw this.#broken
    const marker = randomBytes(16).toString('hex')
    const answer = Promise.all([this.#stdout.until(marker), this.#stderr.until(marker)])
    const onAbort = () => this.#break()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      this.#connection.write(framed(script, marker))
      const [stdout, stderr] = await answer
      return { stdout: stdout.text, stderr: stderr.text, exitCode: Number(stdout.tail) }
    } catch (cause) {
      signal.throwIfAborted()
      throw cause
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  #break(cause?: unknown): void {
    this.#broken ??= engineFailed('talking to a shell', cause)
    this.#stdout.fail(this.#broken)
    this.#stderr.fail(this.#broken)
    this.#connection.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#break()
  }
}

/** The marker is put together by the shell, so that an echo of the script could not end it. */
const framed = (script: string, marker: string) =>
  `(\n${script}\n) </dev/null; set -- $?; printf '%s%s %s\\n' ${halves(marker)} "$1"; printf '%s%s 0\\n' ${halves(marker)} >&2\n`

const halves = (marker: string) => `${marker.slice(0, 16)} ${marker.slice(16)}`

/** One word for the shell, whatever it holds. */
export function quote(word: string | number): string {
  const text = String(word)
  if (text.includes('\0')) throw new Error('a word for the shell holds a zero byte')
  return `'${text.replaceAll("'", `'\\''`)}'`
}
