import { readFile } from 'node:fs/promises'
import type { LimitReached } from '../engine.ts'
import type { DockerClient } from './docker-client.ts'
import { statusOf } from './docker-errors.ts'

const root = '/sys/fs/cgroup'

interface Counter {
  readonly limit: LimitReached['limit']
  readonly file: string
  /** The line that counts. */
  readonly key: string
}

/**
 * The kernel counts for every control group how often its limits were reached, and everyone on the
 * machine may read it. The engine tells less: its `OOMKilled` knows the main process alone.
 */
export class LimitsReached {
  readonly #client: DockerClient
  /** By container; a container of ours starts once. */
  #counters = new Map<string, readonly Counter[]>()

  constructor(client: DockerClient) {
    this.#client = client
  }

  async look(signal: AbortSignal): Promise<readonly LimitReached[]> {
    // Not those that kill a command: they are ours, and reach their limits in their place.
    const running = (await this.#client.find(signal)).filter(
      ({ state, name }) => state === 'running' && !name.includes('.'),
    )
    const known = this.#counters
    this.#counters = new Map()
    const found = await Promise.all(
      running.map(async ({ id, pod, name: container }) => {
        const counters = known.get(id) ?? (await this.#countersOf(id, signal))
        this.#counters.set(id, counters)
        const counts = counters.map(async (counter) => ({
          ...{ pod, container, limit: counter.limit },
          times: await countOf(counter),
        }))
        return await Promise.all(counts)
      }),
    )
    return found.flat().filter(({ times }) => times > 0)
  }

  async #countersOf(id: string, signal: AbortSignal): Promise<readonly Counter[]> {
    try {
      const { State: state } = await this.#client.docker
        .getContainer(id)
        .inspect({ abortSignal: signal })
      return countersIn(await readOrEmpty(`/proc/${state.Pid}/cgroup`))
    } catch (cause) {
      if (statusOf(cause) === 404) return []
      throw cause
    }
  }
}

/** From `/proc/PID/cgroup`: lines `ID:CONTROLLERS:PATH`, of which version 2 has one, without controllers. */
export function countersIn(groups: string): readonly Counter[] {
  const lines = groups.split('\n').map((line) => /^\d+:([^:]*):(\/.+)$/.exec(line))
  const paths = new Map(lines.map((match) => [match?.[1], match?.[2]]))
  const [memory, pids, unified] = [paths.get('memory'), paths.get('pids'), paths.get('')]
  return [
    memory && {
      limit: 'memory',
      file: `${root}/memory${memory}/memory.oom_control`,
      key: 'oom_kill',
    },
    pids && { limit: 'pids', file: `${root}/pids${pids}/pids.events`, key: 'max' },
    !memory &&
      unified && { limit: 'memory', file: `${root}${unified}/memory.events`, key: 'oom_kill' },
    !pids && unified && { limit: 'pids', file: `${root}${unified}/pids.events`, key: 'max' },
  ].filter((counter): counter is Counter => Boolean(counter))
}

async function countOf({ file, key }: Counter): Promise<number> {
  const line = new RegExp(`^${key} (\\d+)$`, 'm').exec(await readOrEmpty(file))
  return Number(line?.[1] ?? 0)
}

/** A process that is gone, a machine that is not ours to look at. */
const readOrEmpty = (file: string) => readFile(file, 'utf8').catch(() => '')
