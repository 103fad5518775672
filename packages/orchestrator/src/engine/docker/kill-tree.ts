import { setTimeout as sleep } from 'node:timers/promises'
import type { ExecSpec, KillSignal } from '../engine.ts'
import type { DockerClient } from './docker-client.ts'
import { engineFailed, isGone, statusOf } from './docker-errors.ts'

/*
 * Signals every process that carries the mark in its environment, and everything below one that does;
 * SIGKILL again until a look around finds none. Runs as the same user, so it can neither read nor signal anybody
 * else's process. What it cannot find: a process that cleared its environment and whose parents have
 * all ended. Such a one lives on until the pod does, within the pod's limits.
 */
const script = `
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  marked=$(grep -l -s -a -e "$1" /proc/[0-9]*/environ | cut -d/ -f3)
  [ -z "$marked" ] && exit 0
  tree=$(grep -s '^PPid:' /proc/[0-9]*/status | awk -v marked="$marked" '
    BEGIN { n = split(marked, list, "\\n"); for (i = 1; i <= n; i++) doomed[list[i]] = 1 }
    { split($1, path, "/"); parent[path[3]] = $2 }
    END {
      do { grown = 0
        for (pid in parent) if (!(pid in doomed) && (parent[pid] in doomed)) { doomed[pid] = 1; grown = 1 }
      } while (grown)
      for (pid in doomed) print pid
    }')
  kill -s "$2" $tree 2>/dev/null
  [ "$2" = KILL ] || exit 0
done
exit 1
`

interface Victim {
  readonly client: DockerClient
  readonly containerId: string
}

interface Tree {
  readonly mark: string
  readonly signal: KillSignal
  readonly user: ExecSpec['user']
  /** Called once the killer runs. The engine tells no exit while another command's output is unread. */
  readonly release: () => void
}

export async function killTree({ client, containerId }: Victim, tree: Tree): Promise<void> {
  const code = await client.call('killing a command', (docker) =>
    runDetached(docker.getContainer(containerId), tree).catch(doneWhenNotRunning),
  )
  if (code !== 0) throw engineFailed('killing a command: it starts processes faster than they end')
}

/** Detached: nothing of it is read, so nothing of it can be held up. */
async function runDetached(
  container: ReturnType<DockerClient['docker']['getContainer']>,
  { mark, signal, user, release }: Tree,
): Promise<number> {
  const exec = await container.exec({
    Cmd: ['/bin/sh', '-c', script, 'sh', mark, signal.slice(3)],
    ...(user && { User: `${user.uid}:${user.gid}` }),
  })
  await exec.start({ Detach: true })
  if (signal === 'SIGKILL') release()
  for (let waitMs = 5; ; waitMs = Math.min(waitMs * 2, 200)) {
    const { Running: running, ExitCode: code } = await exec.inspect()
    if (!running && code !== null) return code
    await sleep(waitMs)
  }
}

function doneWhenNotRunning(cause: unknown): number {
  if (isGone(cause) || statusOf(cause) === 409) return 0
  throw cause
}
