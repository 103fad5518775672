import { createHmac } from 'node:crypto'
import type { SecretFinding } from '@stuntdouble/sdk/wire'

/** Something found, and the text that its code is made of, which goes no further. */
export interface Found {
  readonly file: string
  readonly line: number | null
  readonly what: string
  readonly text: string
  readonly hint?: string
}

const mostFindings = 200

/** What one scan found: each place once, without what the operator accepted. */
export class Findings {
  readonly #key: Buffer
  readonly #accept: ReadonlySet<string>
  readonly #lines = new Set<string>()
  readonly #accepted = new Set<string>()
  readonly all: SecretFinding[] = []

  constructor(key: Buffer, accept: readonly string[]) {
    this.#key = key
    this.#accept = new Set(accept)
  }

  get accepted(): number {
    return this.#accepted.size
  }

  /** After so many nobody reads on. */
  get isFull(): boolean {
    return this.all.length >= mostFindings
  }

  add({ file, line, what, text, hint = defaultHint }: Found): void {
    const code = this.#codeOf(file, text)
    const place = `${file}\0${line}`
    if (this.#accept.has(code)) this.#accepted.add(code)
    else if (!this.isFull && !this.#lines.has(place)) {
      this.#lines.add(place)
      this.all.push({ file, line, what, hint: `${hint} ${acceptHint(code)}`, code })
    }
  }

  isAbout(file: string): boolean {
    return this.all.some((finding) => finding.file === file)
  }

  /** Tells the same file better; codes stay. */
  rename(file: string, better: string): void {
    for (const [at, finding] of this.all.entries()) {
      if (finding.file === file || finding.file.startsWith(`${file} » `))
        this.all[at] = { ...finding, file: finding.file.replace(file, better) }
    }
  }

  /** Keyed: a code tells nobody else what it is a code of. */
  #codeOf(file: string, text: string): string {
    const mac = createHmac('sha256', this.#key).update(`${file}\0`).update(text)
    return mac.digest('hex').slice(0, 16)
  }
}

const defaultHint = 'Leave the file out with .gitignore, or remove the value and rotate it.'
const acceptHint = (code: string) =>
  `Harmless? Write ${code} under scan.accept in stuntdouble.yaml.`
