import { stripVTControlCharacters } from 'node:util'
import type { Context } from '../context.ts'
import { isTerminal } from './paint.ts'
import { type ProgressReport, progressText } from './progress-text.ts'

const frames = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏']
const frameMs = 80

/** What is going on, on standard error: one line that moves on a terminal, a line for each step elsewhere. */
export interface Status extends Disposable {
  show(report: ProgressReport): void
  /** A line that stays. */
  note(text: string): void
}

export const openStatus = (context: Context): Status =>
  isTerminal(context, context.stderr) ? new MovingStatus(context) : plainStatus(context)

/** The same step is told once, however often its numbers change. */
function plainStatus({ stderr }: Context): Status {
  let told = ''
  return {
    show({ phase, message }) {
      if (told === phase + message) return
      told = phase + message
      stderr.write(`${progressText({ phase, message })}\n`)
    },
    note: (text) => void stderr.write(`${text}\n`),
    [Symbol.dispose]() {},
  }
}

class MovingStatus implements Status {
  readonly #context: Context
  readonly #timer: NodeJS.Timeout
  #text = ''
  #frame = 0

  constructor(context: Context) {
    this.#context = context
    this.#timer = setInterval(() => this.#draw(), frameMs).unref()
  }

  show(report: ProgressReport) {
    this.#text = stripVTControlCharacters(progressText(report))
    this.#draw()
  }

  note(text: string) {
    this.#context.stderr.write(`\r\x1b[2K${text}\n`)
    this.#draw()
  }

  [Symbol.dispose]() {
    clearInterval(this.#timer)
    if (this.#text) this.#context.stderr.write('\r\x1b[2K')
  }

  #draw() {
    if (!this.#text) return
    this.#frame = (this.#frame + 1) % frames.length
    const width = (this.#context.stderr.columns ?? 80) - 1
    const line = `${frames[this.#frame]} ${this.#text}`.slice(0, width)
    this.#context.stderr.write(`\r\x1b[2K${line}`)
  }
}
