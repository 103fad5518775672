import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { FakeChild } from './fake-machine.ts'
import type { CommandAnswer, OutputStream } from './script.ts'

type Work = (child: ScriptedChild) => CommandAnswer | Promise<CommandAnswer>

/** A command that a script answers in place of a program. */
export class ScriptedChild extends EventEmitter implements FakeChild {
  readonly stdin = new PassThrough()
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  readonly #killed = new AbortController()
  #isOver = false

  constructor(work: Work) {
    super()
    void this.#run(work)
  }

  /** Aborts when it is killed, and when its sandbox ends. */
  get signal(): AbortSignal {
    return this.#killed.signal
  }

  say(text: string, stream: OutputStream): void {
    if (!this.#isOver && text !== '') this[stream].write(text)
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): boolean {
    if (this.#isOver) return false
    void this.#close(null, signal)
    this.#killed.abort(new DOMException(`The command was ended by ${signal}.`, 'AbortError'))
    return true
  }

  async #run(work: Work): Promise<void> {
    const answer = await answerOf(work, this)
    if (this.#isOver) return
    const {
      stdout = '',
      stderr = '',
      exitCode = 0,
    } = typeof answer === 'string' ? { stdout: answer } : answer
    this.say(stdout, 'stdout')
    this.say(stderr, 'stderr')
    await this.#close(exitCode, null)
  }

  async #close(exitCode: number | null, signal: NodeJS.Signals | null): Promise<void> {
    this.#isOver = true
    const read = [this.stdout, this.stderr].map((stream) => once(stream.end(), 'end'))
    await Promise.all(read)
    this.emit('close', exitCode, signal)
  }
}

async function answerOf(work: Work, child: ScriptedChild): Promise<CommandAnswer> {
  try {
    return await work(child)
  } catch (cause) {
    return threw(cause)
  }
}

const threw = (cause: unknown): CommandAnswer => ({
  exitCode: 70,
  stderr: `The script of this command threw: ${cause instanceof Error ? cause.message : String(cause)}\n`,
})
