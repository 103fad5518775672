/** What is stored of a source's builds. */
export interface Builds {
  /** When the newest sealed snapshot was begun; undefined while there is none. */
  readonly newestStartedAt: number | undefined
  /** Rebuilds that failed since, and when the last of them did. */
  readonly failures: number
  readonly failedAt: number | undefined
}

const shortestWaitMs = 60_000
const longestWaitMs = 6 * 3_600_000

/**
 * When a source is to be built again. Never for one that has no snapshot: its first is built by the
 * person who read its policy. After a failure the wait doubles, from a minute to six hours, and is
 * never longer than the rhythm asked for.
 */
export function refreshDueAt(builds: Builds, everyMs: number): number | undefined {
  const { newestStartedAt, failures, failedAt } = builds
  if (newestStartedAt === undefined) return undefined
  if (failedAt === undefined || failures === 0) return newestStartedAt + everyMs
  return (
    failedAt + Math.min(shortestWaitMs * 2 ** Math.min(failures - 1, 20), longestWaitMs, everyMs)
  )
}
