import { SandboxError } from '@stuntdouble/sdk/errors'
import {
  controlTools,
  createMcpDoor,
  type Doors,
  type McpDoor,
  type Queries,
  sandboxTools,
} from './doors/doors.ts'
import { commandText } from './gateway/command-text.ts'
import type { Log } from './lib/log.ts'
import { traceOf } from './lib/trace.ts'
import type { Recorder } from './recorder/recorder.ts'
import type { Sandboxes } from './sandboxes/sandboxes.ts'

interface Parts {
  readonly version: string
  readonly doors: Doors
  readonly queries: Queries
  readonly sandboxes: Sandboxes
  readonly recorder: Recorder
  readonly log: Log
}

export interface McpDoors {
  /** Of one sandbox, for whoever holds its token. */
  readonly inside: McpDoor
  /** Of all, for the owner of the key. */
  readonly control: McpDoor
}

export function openMcp(parts: Parts): McpDoors {
  const { version, sandboxes, log } = parts
  const inside = sandboxTools({
    ...{ ...parts, look: sandboxes.get, states: sandboxes.checkpoints },
    ...recorded(parts),
  })
  const onFailure = (cause: unknown) => logFailure(log, cause)

  return {
    inside: createMcpDoor({ version, onFailure, tools: inside }),
    control: createMcpDoor({ version, onFailure, tools: [...controlTools(sandboxes), ...inside] }),
  }
}

/** As the other doors record it. */
const recorded = ({ recorder }: Pick<Parts, 'recorder'>) =>
  ({
    onRan: (sandbox, { command, result, milliseconds }) =>
      recorder.record(sandbox, 'command', {
        ...{ command: commandText(command), exitCode: result.exitCode, milliseconds },
        stdoutTail: result.stdout.slice(-2000),
        stderrTail: result.stderr.slice(-2000),
      }),
    onWritten: (sandbox, file) => recorder.record(sandbox, 'file_written', file),
  }) satisfies Pick<Parameters<typeof sandboxTools>[0], 'onRan' | 'onWritten'>

/** Our own errors are answers; what lies beneath them, and anything else, is for the log. */
function logFailure(log: Log, cause: unknown): void {
  const beneath = cause instanceof SandboxError ? cause.cause : cause
  if (beneath !== undefined && !isAbort(beneath)) log.error(traceOf(beneath), 'a tool failed')
}

const isAbort = (cause: unknown) => cause instanceof Error && cause.name === 'AbortError'
