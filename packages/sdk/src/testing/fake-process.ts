import type WebSocket from 'ws'
import { channel, ProcessControl, ProcessStart } from '../wire/door.ts'
import { problemOf } from '../wire/problem.ts'
import { exitCodeOf, run } from './fake-running.ts'
import { bash } from './fake-spawn.ts'
import type { FakeSandbox, FakeState } from './fake-state.ts'

/** The server’s end of `<url>/process`. With a terminal asked for, it answers a resize with the new size. */
export function runFakeProcess(socket: WebSocket, sandbox: FakeSandbox, { cutBy }: FakeState) {
  socket.once('message', (first: Buffer) => {
    const start = ProcessStart.parse(JSON.parse(first.toString()))
    const child = run(sandbox, { ...start, command: start.command ?? bash })
    const send = (id: number) => (data: Buffer) => socket.send(Buffer.concat([Buffer.of(id), data]))
    child.stdout.on('data', send(channel.stdout))
    child.stderr.on('data', send(channel.stderr))
    child.stdin.on('error', () => {})
    child.once('error', () => socket.close())
    child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
      const why = cutBy.get(child)
      const last = why
        ? { type: 'error', problem: problemOf(why) }
        : { type: 'exit', exitCode: exitCodeOf(code, signal) }
      socket.send(JSON.stringify(last), () => socket.close())
    })
    socket.once('close', () => child.kill('SIGKILL'))
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) return child.stdin.write(data.subarray(1))
      const control = ProcessControl.parse(JSON.parse(data.toString()))
      if (control.type === 'eof') child.stdin.end()
      if (control.type === 'kill') child.kill(control.signal ?? 'SIGKILL')
      if (control.type === 'resize') {
        send(channel.stdout)(Buffer.from(`size ${control.cols}x${control.rows}\n`))
      }
      return undefined
    })
  })
}
