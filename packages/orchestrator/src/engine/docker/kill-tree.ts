import { setTimeout as sleep } from 'node:timers/promises'
import type { ExecSpec, KillSignal } from '../engine.ts'
import type { DockerClient } from './docker-client.ts'
import { engineFailed, isGone, statusOf } from './docker-errors.ts'
import { killFromBeside } from './kill-from-beside.ts'
import { findTree } from './process-tree.ts'

/** The first look found nothing. */
const nothingThere = 3
/** As a shell says it of a program that cannot be run. */
const notStarted = 126

/** Signals the tree; SIGKILL again until a look around finds nothing left of it. */
const script = `${findTree}
found=${nothingThere}
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  tree=$(find_tree "$1") || exit 1
  [ -z "$tree" ] && exit $found
  found=0
  kill -s "$2" $tree 2>/dev/null
  [ "$2" = KILL ] || exit 0
done
exit 1
`

export interface Victim {
  readonly client: DockerClient
  readonly pod: string
  readonly containerId: string
}

export interface Tree {
  readonly mark: string
  readonly signal: KillSignal
  readonly user: ExecSpec['user']
  /** Called once the killer runs. The engine tells no exit while another command's output is unread. */
  readonly release: () => void
  /** Whether the engine has seen the command end. */
  readonly hasEnded: () => Promise<boolean>
}

/** A killer that shares a processor with a fork bomb may take a minute to find that it has no room. */
const insideMs = 3_000
/** The engine takes a command on before it runs; behind a second kernel that is seconds under load. */
const beginsWithinMs = 30_000
const againMs = 50
/** A killer that found no room, or that the engine could not start, may find some a moment later. */
const killerTries = 5

/** From inside, which is quick; where that fails, such as under a fork bomb, from beside. */
export async function killTree(victim: Victim, tree: Tree): Promise<void> {
  const inside = killFromInside(victim, tree)
  if (tree.signal !== 'SIGKILL') {
    if (await inside) return
    throw engineFailed('passing a signal on: nothing more can be started beside the command')
  }
  const late = sleep(insideMs, false, { ref: false })
  if (await Promise.race([inside.catch(() => false), late])) return
  tree.release()
  if (await killFromBeside(victim, tree)) return
  throw engineFailed('killing a command: it starts processes faster than they end')
}

async function killFromInside({ client, containerId }: Victim, tree: Tree): Promise<boolean> {
  const giveUp = performance.now() + beginsWithinMs
  for (let triesLeft = killerTries; ; ) {
    const code = await client.call('killing a command', (docker) =>
      runDetached(docker.getContainer(containerId), tree).catch(codeOf),
    )
    if (code === 0) return true
    if (code === nothingThere) {
      if (performance.now() > giveUp || (await tree.hasEnded())) return true
    } else {
      triesLeft -= 1
      if (tree.signal === 'SIGKILL' || triesLeft === 0) return false
    }
    await sleep(againMs)
  }
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

function codeOf(cause: unknown): number {
  if (isGone(cause) || statusOf(cause) === 409) return 0
  if (statusOf(cause) !== undefined) return notStarted
  throw cause
}
