import { setTimeout as sleep } from 'node:timers/promises'
import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Tells a story on stdout: in colour where the terminal wants it, at a reader's pace where there is one. */
export class Narrator {
  readonly #paceMs = process.stdout.isTTY ? 350 : 0

  async chapter(title: string): Promise<void> {
    await this.#line(`\n${paint('bold', title)}`)
  }

  async say(text: string): Promise<void> {
    await this.#line(`  ${text}`)
  }

  /** Something the reader could type. */
  async command(text: string, what = ''): Promise<void> {
    await this.#line(`  ${paint('cyan', `$ ${text}`)}${what && `   ${paint('dim', what)}`}`)
  }

  async attempt(title: string): Promise<void> {
    await this.#line(`\n  ${paint('yellow', '▸')} ${title}`)
  }

  async outcome(held: boolean, said: string): Promise<void> {
    const mark = held ? paint('green', '✔') : paint(['red', 'bold'], '✘ BROKEN PROMISE:')
    await this.#line(`    ${mark} ${said}`)
  }

  async #line(text: string): Promise<void> {
    console.log(text)
    await sleep(this.#paceMs)
  }
}

const paint = (style: Style, text: string) => styleText(style, text, { stream: process.stdout })
