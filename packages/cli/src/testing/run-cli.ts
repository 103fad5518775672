import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { FakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { run } from '../cli.ts'
import type { Context } from '../context.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** One command line in this process, with streams of its own. */
export class Cli {
  readonly stdin = new PassThrough()
  readonly stdout = new Captured()
  readonly stderr = new Captured()
  readonly #interrupts = new EventEmitter()
  readonly #context: Context

  constructor(orchestrator: FakeOrchestrator | undefined, context: Partial<Context> = {}) {
    this.#context = {
      env: orchestrator
        ? { STUNTDOUBLE_URL: orchestrator.url, STUNTDOUBLE_API_KEY: orchestrator.apiKey }
        : {},
      cwd: '/',
      stdin: this.stdin,
      stdout: this.stdout,
      stderr: this.stderr,
      orchestratorMain: '/nowhere/main.ts',
      onInterrupt: (listener) => {
        this.#interrupts.on('interrupt', listener)
        return () => this.#interrupts.off('interrupt', listener)
      },
      ...context,
    }
  }

  async run(...argv: readonly string[]): Promise<Ran> {
    const code = await run(argv, this.#context)
    return { code, stdout: this.stdout.text, stderr: this.stderr.text }
  }

  /** Ctrl-C. */
  interrupt() {
    this.#interrupts.emit('interrupt')
  }
}

class Captured extends PassThrough {
  text = ''
  isTTY = false

  constructor() {
    super()
    this.setEncoding('utf8').on('data', (text: string) => {
      this.text += text
      this.emit('text')
    })
  }

  async until(part: string): Promise<void> {
    while (!this.text.includes(part)) await once(this, 'text')
  }
}

export const runCli = (orchestrator: FakeOrchestrator | undefined, ...argv: readonly string[]) =>
  new Cli(orchestrator).run(...argv)
