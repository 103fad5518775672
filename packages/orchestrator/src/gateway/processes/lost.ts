import { type ProcessView, type SandboxEvent, Timestamp } from '@stuntdouble/sdk/wire'
import { z } from 'zod'

const Started = z.object({
  process: z.string(),
  pid: z.int().nullable(),
  command: z.string(),
  cwd: z.string(),
  tty: z.boolean(),
})
const Ended = z.object({ process: z.string() })

/**
 * Processes that an earlier orchestrator started and did not see the end of. The connection to them
 * went with it, so nobody can read them or write to them again; whether they run is not known.
 */
export function lostProcesses(
  events: readonly SandboxEvent[],
  known: ReadonlySet<string>,
): ProcessView[] {
  const ended = new Set(
    events
      .filter(({ type }) => type === 'process_ended')
      .map(({ data }) => Ended.safeParse(data).data?.process),
  )
  return events
    .filter(({ type }) => type === 'process_started')
    .flatMap(({ at, data }) => {
      const started = Started.safeParse(data).data
      if (!started || ended.has(started.process) || known.has(started.process)) return []
      return [viewOf(started, Timestamp.parse(at))]
    })
}

const nothing = { from: 0, to: 0 }

const viewOf = ({ process, ...started }: z.infer<typeof Started>, startedAt: string) => ({
  ...{ id: process, ...started, tag: null, state: 'lost' as const, startedAt, endedAt: null },
  ...{ exitCode: null, problem: null, stdout: nothing, stderr: nothing },
})
