import { posix } from 'node:path'
import type { Receipt } from '../wire/receipt.ts'
import { parseDuration } from '../wire/units.ts'
import { installationKey } from './fake-receipt.ts'
import { serveFake } from './fake-server.ts'
import type { FakeWrite } from './fake-state.ts'
import { type MemoryFile, memoryMachine } from './memory-machine.ts'
import {
  type AskedCommand,
  type AskedQuery,
  type CommandScript,
  type QueryScript,
  queryAnswer,
} from './script.ts'
import { scriptedSpawn } from './scripted-spawn.ts'

export interface TestOrchestratorOptions {
  /** What commands answer. One without an answer exits with 127 and names itself on stderr. */
  readonly commands?: CommandScript
  /** What databases answer. A statement without an answer is refused with `usage`. */
  readonly queries?: QueryScript
  /** What every new sandbox holds, by path; a relative one is in /workspace. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Milliseconds since the epoch; the machine’s clock when left out. */
  readonly now?: () => number
}

export type WrittenFile = FakeWrite

/** An orchestrator in this process. Disposing ends its sandboxes and closes its port. */
export interface TestOrchestrator extends AsyncDisposable {
  readonly url: string
  readonly apiKey: string
  /** For `Sandbox.create({ env })`, and for a child process that is to find it. */
  readonly env: { readonly STUNTDOUBLE_URL: string; readonly STUNTDOUBLE_API_KEY: string }
  /** Signs its receipts; for `verifyReceipt`. */
  readonly publicKey: string
  /** What came through the doors of all sandboxes, oldest first. */
  readonly asked: {
    readonly commands: readonly AskedCommand[]
    readonly queries: readonly AskedQuery[]
    readonly writes: readonly WrittenFile[]
  }
  /** Of every sandbox that has ended, by whatever reason. */
  readonly receipts: readonly Receipt[]
  /** Moves its clock, such as by `45m`: leases that are over by then end at once. */
  advance(by: string): void
}

/**
 * An orchestrator for unit tests of programs that use sandboxes: the real wire protocol, files in
 * memory, commands and queries answered by a script. It runs nothing and writes nothing on this
 * machine, so what an agent asks for cannot hurt it. It keeps the contract that a real one does.
 */
export async function startTestOrchestrator(
  options: TestOrchestratorOptions = {},
): Promise<TestOrchestrator> {
  const { now = Date.now, queries: script = {}, files = {} } = options
  const commands: AskedCommand[] = []
  const queries: AskedQuery[] = []
  let advanced = 0
  const clock = () => now() + advanced
  const spawn = scriptedSpawn(options.commands ?? {}, commands)
  const server = await serveFake({
    now: clock,
    machineOf: () => memoryMachine({ files: seeded(files, clock()), now: clock, spawn }),
  })
  const { url, apiKey, state } = server
  state.query = (database, { sql, parameters, readOnly, maxRows }, sandbox) => {
    const asked = { sandbox, database, sql, parameters, readOnly }
    queries.push(asked)
    return queryAnswer(script, asked, maxRows)
  }
  return {
    ...{ url, apiKey, publicKey: installationKey },
    asked: { commands, queries, writes: state.written },
    env: { STUNTDOUBLE_URL: url, STUNTDOUBLE_API_KEY: apiKey },
    get receipts() {
      state.settle()
      return [...state.sandboxes.values()].flatMap(({ receipt }) => receipt ?? [])
    },
    advance(by) {
      const seconds = parseDuration(by)
      if (seconds === undefined) throw new RangeError(`"${by}" is no duration such as "45m".`)
      advanced += seconds * 1000
      state.settle()
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

function seeded(
  files: NonNullable<TestOrchestratorOptions['files']>,
  now: number,
): ReadonlyMap<string, MemoryFile> {
  const modifiedAt = new Date(now).toISOString()
  return new Map(
    Object.entries(files).map(([path, content]) => [
      posix.resolve('/workspace', path),
      { content: Buffer.from(content), modifiedAt },
    ]),
  )
}
