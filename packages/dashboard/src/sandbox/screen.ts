import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import type { Inside } from './inside.ts'

/** An emulator in a place of the page, as large as that is. Disposal clears the place. */
export class Screen implements Disposable {
  readonly #terminal = new Terminal({
    cursorBlink: true,
    fontSize: 13,
    scrollback: 5000,
    screenReaderMode: false,
    // What runs inside is hostile: a link that it shows leads nowhere.
    linkHandler: { activate: () => {} },
  })
  readonly #fit = new FitAddon()
  readonly #resized: ResizeObserver

  constructor(place: HTMLElement) {
    place.hidden = false
    this.#terminal.loadAddon(this.#fit)
    this.#terminal.open(place)
    this.#fit.fit()
    this.#resized = new ResizeObserver(() => place.clientWidth > 0 && this.#fit.fit())
    this.#resized.observe(place)
  }

  /** A login shell, until it ends. Resolves with its exit code. */
  async run(inside: Inside): Promise<number> {
    const { cols, rows } = this.#terminal
    const remote = await inside.terminal({ cols, rows, onData: (bytes) => this.#show(bytes) })
    this.#terminal.onData((text) => void remote.write(text).catch(() => {}))
    this.#terminal.onResize((size) => remote.resize(size))
    this.#terminal.focus()
    return remote.exit
  }

  #show(bytes: Uint8Array): void {
    this.#terminal.write(bytes)
  }

  [Symbol.dispose](): void {
    this.#resized.disconnect()
    this.#terminal.dispose()
  }
}
