import { Readable, Writable } from 'node:stream'
import type {
  Experimental_SandboxProcess as SandboxProcess,
  Experimental_SandboxSession as SandboxSession,
} from 'ai'
import type { ProcessHandle } from '../sandbox/commands.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'

type Spawn = SandboxSession['spawn']
type WritableSandboxProcess = SandboxProcess & { readonly stdin: WritableStream<Uint8Array> }
type Options = Parameters<Spawn>[0] & { readonly stdin?: boolean }

/** Starts commands that stream. Each ends with its connection, or with its signal. */
export function spawnIn(box: Sandbox, pathIn: (path: string) => string): Spawn {
  const spawn = async ({ command, workingDirectory = '.', env, stdin, abortSignal }: Options) => {
    const process = await box.commands.start(command, {
      cwd: pathIn(workingDirectory),
      ...(env && { env }),
      ...(abortSignal && { signal: abortSignal }),
    })
    if (!stdin) process.stdin.end()
    const input = stdin && { stdin: Writable.toWeb(process.stdin) as WritableStream<Uint8Array> }
    // Typed as what one with input is, which is what the overloads come to.
    return Object.assign(spawnedOf(process), input) as WritableSandboxProcess
  }
  return spawn
}

/** A stream that nobody asks for is let run, and holds up neither the other nor the end. */
function spawnedOf(process: ProcessHandle): SandboxProcess {
  let stdout: ReadableStream<Uint8Array> | undefined
  let stderr: ReadableStream<Uint8Array> | undefined
  return {
    get stdout() {
      stdout ??= webOf(process.stdout)
      return stdout
    },
    get stderr() {
      stderr ??= webOf(process.stderr)
      return stderr
    },
    wait: () => process.wait(),
    kill: async () => process.kill(),
  }
}

const webOf = (stream: Readable) => Readable.toWeb(stream) as ReadableStream<Uint8Array>
