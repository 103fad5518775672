import { stripVTControlCharacters } from 'node:util'
import type { Context } from '../context.ts'
import { isTerminal } from './paint.ts'
import { printable } from './printable.ts'
import { type ProgressReport, progressText } from './progress-text.ts'

const frames = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏']
const frameMs = 80
const plainEveryMs = 5_000

/** What is going on, on standard error: one line that moves on a terminal, a line for each phase elsewhere. */
export interface Status extends Disposable {
  show(report: ProgressReport): void
  /** A line that stays. */
  note(text: string): void
}

export const openStatus = (context: Context): Status =>
  isTerminal(context, context.stderr) ? new MovingStatus(context) : plainStatus(context)

/** A line when a phase begins, and while it lasts one every few seconds: logs are read, not watched. */
function plainStatus({ stderr }: Context): Status {
  let phase = ''
  let toldAt = 0
  return {
    show(report) {
      const now = Date.now()
      if (report.phase === phase && now - toldAt < plainEveryMs) return
      const begins = report.phase !== phase
      phase = report.phase
      toldAt = now
      stderr.write(`${begins ? printable(report.message) : progressText(report)}\n`)
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
