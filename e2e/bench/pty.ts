import type { Duplex } from 'node:stream'
import { Sandbox } from '@stuntdouble/sdk'
import { openEngine } from '../lib/container-runtime.ts'
import { Stuntdouble } from '../lib/stuntdouble.ts'
import { report } from './report.ts'
import { median } from './statistics.ts'
import { Stopwatch } from './stopwatch.ts'

const beside = 'a key in `docker exec -it`'
const through = 'a key in a terminal of ours'
const goalMs = 10
const keysEach = 40
const shell = ['bash', '--norc', '--noprofile', '-i']
const size = { cols: 200, rows: 24 }
/** readline’s key that empties the line. */
const emptyLine = '\u0015'

/** Types, and hears what the shell shows. */
interface Terminal extends AsyncDisposable {
  type(keys: string): void
  /** Resolves when the text has been shown since the last call. */
  until(shown: string): Promise<void>
}

/**
 * How long a key takes to be shown by the same shell in the same container: in a terminal through the
 * gateway, and in what `docker exec -it` asks of the engine, without the time its program takes.
 * Interleaved, so that a busy minute is busy for both.
 */
export async function benchPty(rounds: number): Promise<void> {
  const blueprint = 'ttl: 30m\n'
  await using stuntdouble = await Stuntdouble.open({ files: { 'sandbox.yaml': blueprint } })
  const box = await Sandbox.connect((await stuntdouble.json<{ url: string }>(['up'])).url)
  await using theirs = await dockerTerminal(`sd-${box.id}-workspace`)
  await using ours = await ourTerminal(box)
  const watch = new Stopwatch()
  for (let done = 0; done <= rounds; done += 1) {
    for (const [what, terminal] of [
      [beside, theirs],
      [through, ours],
    ] as const) {
      const took = await typed(terminal)
      // The first round warms both up.
      if (done > 0) for (const ms of took) watch.add(what, ms)
    }
    process.stderr.write(`round ${done} of ${rounds}\r`)
  }
  await report({ bench: 'pty', samples: watch.samples, yardstick: beside, goals: {} })
  const ms = median(watch.samples[through] ?? [])
  const verdict = ms <= goalMs ? 'reached' : 'missed'
  console.log(`A key is shown at p50 after ${ms.toFixed(2)} ms (goal ≤ ${goalMs} ms: ${verdict})`)
}

async function typed(terminal: Terminal): Promise<number[]> {
  const took: number[] = []
  for (let key = 0; key < keysEach; key += 1) {
    const letter = String.fromCharCode(97 + (key % 26))
    const since = performance.now()
    terminal.type(letter)
    await terminal.until(letter)
    took.push(performance.now() - since)
  }
  terminal.type(`${emptyLine}echo $((20+22))\r`)
  await terminal.until('42\r\n')
  await terminal.until('$ ')
  return took
}

async function ourTerminal(box: Sandbox): Promise<Terminal> {
  const heard = hearing()
  const pty = await box.pty.create({ ...size, command: shell, onData: heard.take })
  await heard.until('$ ')
  return {
    type: (keys) => void pty.write(keys),
    until: heard.until,
    [Symbol.asyncDispose]: () => pty[Symbol.asyncDispose](),
  }
}

async function dockerTerminal(container: string): Promise<Terminal> {
  const engine = await openEngine()
  const exec = await engine.getContainer(container).exec({
    ...{ Cmd: shell, User: '1000:1000', Tty: true, ConsoleSize: [size.rows, size.cols] },
    ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true },
  })
  const socket: Duplex = await exec.start({ hijack: true, stdin: true, Tty: true })
  const heard = hearing()
  socket.on('data', heard.take)
  await exec.resize({ w: size.cols, h: size.rows })
  await heard.until('$ ')
  return {
    type: (keys) => void socket.write(keys),
    until: heard.until,
    async [Symbol.asyncDispose]() {
      socket.end('exit\r')
      socket.destroy()
    },
  }
}

function hearing() {
  let text = ''
  let look = () => {}
  return {
    take(bytes: Uint8Array) {
      text += Buffer.from(bytes).toString('latin1')
      look()
    },
    until: (shown: string) =>
      new Promise<void>((resolve) => {
        look = () => {
          const at = text.indexOf(shown)
          if (at === -1) return
          text = text.slice(at + shown.length)
          look = () => {}
          resolve()
        }
        look()
      }),
  }
}
