import { SandboxError } from '@stuntdouble/sdk/errors'
import { StartProcess } from '@stuntdouble/sdk/wire'
import type { z } from 'zod'
import { z as zod } from 'zod'
import { parseBody } from '../../../lib/requests.ts'
import type { BackgroundProcess } from '../../doors.ts'
import { type Rpc, type RpcCall, stream, unary } from '../connect/rpc.ts'
import type { Caller } from './caller.ts'
import { follow } from './follow.ts'
import { insidePath } from './inside-path.ts'
import {
  InputMessage,
  inputBytes,
  Selector,
  SignalMessage,
  StartMessage,
  StreamedInput,
  UpdateMessage,
} from './process-messages.ts'

type Call = RpcCall<Caller>

/** A kill is told when it has happened, or when that takes too long. */
const killedWithinMs = 5_000

/** `process.Process` of envd, on processes in the background: each outlives its client. */
export const processRpcs: Readonly<Record<string, Rpc<Caller>>> = {
  List: unary(zod.object({}), async (_message, { caller }: Call) => ({
    processes: running(caller).map(infoOf),
  })),
  Start: stream(StartMessage, async function* (message, call: Call) {
    const request = requestOf(message, call)
    const process = await call.caller.doors.processes.start(
      call.caller.sandbox,
      request,
      call.signal,
    )
    yield* follow(process, { stdout: 0, stderr: 0 }, call.signal)
  }),
  Connect: stream(Selector, async function* (message, call: Call) {
    const process = chosen(message, call)
    const { stdout, stderr } = process.view
    const { signal, timeoutMs } = call
    const ends = timeoutMs ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) : signal
    yield* follow(process, { stdout: stdout.to, stderr: stderr.to }, ends)
    if (!signal.aborted && ends.aborted) throw connectedLongEnough()
  }),
  Update: unary(UpdateMessage, async (message, call: Call) => {
    const { cols, rows } = message.pty?.size ?? { cols: 80, rows: 24 }
    await chosen(message, call).resize(cols, rows)
    return {}
  }),
  SendInput: unary(InputMessage, async (message, call: Call) => {
    await chosen(message, call).write(inputBytes(message.input), call.signal)
    return {}
  }),
  CloseStdin: unary(Selector, async (message, call: Call) => {
    chosen(message, call).closeStdin()
    return {}
  }),
  SendSignal: unary(SignalMessage, async (message, call: Call) => {
    const process = chosen(message, call)
    await process.kill(message.signal)
    const late = AbortSignal.timeout(killedWithinMs)
    if (message.signal === 'SIGKILL') await process.more(atItsEnd, late)
    return {}
  }),
  StreamInput: { kind: 'upload', answer: takeInput },
}

const atItsEnd = { stdout: Number.POSITIVE_INFINITY, stderr: Number.POSITIVE_INFINITY }

async function takeInput(messages: AsyncIterable<unknown>, call: Call): Promise<object> {
  let process: BackgroundProcess | undefined
  for await (const message of messages) {
    const { start, data } = parseBody(StreamedInput, message)
    if (start) process = chosen(start, call)
    if (data)
      await (process ?? chosen({ process: {} }, call)).write(inputBytes(data.input), call.signal)
  }
  return {}
}

function requestOf(
  { process, pty, tag, stdin }: z.output<typeof StartMessage>,
  { caller, timeoutMs }: Call,
): StartProcess {
  return parseBody(StartProcess, {
    command: [process.cmd, ...process.args],
    cwd: insidePath(process.cwd),
    env: { ...caller.env, ...process.envs },
    ...(pty && { tty: pty.size }),
    ...(tag && { tag }),
    ...(timeoutMs !== undefined && { timeoutMs: Math.min(timeoutMs, 86_400_000) }),
    stdin,
  })
}

const running = ({ doors, sandbox }: Caller) =>
  doors.processes.list(sandbox).filter(({ view }) => view.state === 'running')

/** Throws `process_not_found`. */
function chosen({ process }: z.output<typeof Selector>, { caller }: Call): BackgroundProcess {
  const { pid, tag } = process
  const found = running(caller).find(({ view }) =>
    pid === undefined ? tag !== undefined && view.tag === tag : view.pid === pid,
  )
  if (!found) throw noSuchProcess(pid === undefined ? `tag ${tag}` : `pid ${pid}`)
  return found
}

function infoOf({ view: { pid, command, cwd, tag } }: BackgroundProcess): object {
  const [cmd, ...args] = [command ?? 'bash'].flat()
  return { pid, config: { cmd, args, envs: {}, cwd }, ...(tag && { tag }) }
}

const noSuchProcess = (what: string) =>
  new SandboxError('process_not_found', `No process with ${what} runs in the background.`, {
    hint: 'It may have ended; list those that run.',
  })

const connectedLongEnough = () =>
  new SandboxError('timed_out', 'The time for this connection is over; the process runs on.', {
    hint: 'Connect again, with a longer time.',
  })
