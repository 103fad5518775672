import type Docker from 'dockerode'
import { newSecret } from '../../lib/ids.ts'
import { gateImage } from './gate-config.ts'
import type { Tree, Victim } from './kill-tree.ts'
import { PodLabels } from './labels.ts'
import { memberConfig } from './member-config.ts'
import { findTree } from './process-tree.ts'
import { verifyContainer } from './verify-container.ts'

/** On a host with nothing to spare; who waits for the command gives it up long before. */
const withinMs = 60_000

/**
 * Stops what it finds until it finds nothing new, and kills it then: a stopped process starts no
 * other, and while it is not killed it leaves no room for one. Ends when the dead are buried: until
 * then they count, and the next command would find no room.
 */
const script = `${findTree}
gone() {
  for pid in $known; do [ ! -e "/proc/$pid" ] || return 1; done
}
known=
for round in $(seq 200); do
  tree=$(find_tree "$1") || exit 1
  if [ -z "$tree" ]; then gone && exit 0; sleep 0.02; continue; fi
  tree=$(printf '%s\\n' $tree | sort)
  kill -s STOP $tree 2>/dev/null
  [ "$tree" = "$known" ] && kill -s KILL $tree 2>/dev/null
  known=$tree
done
exit 1
`

/**
 * Kills a tree from one more member of the pod, which shares its processes and not the limit on their
 * number. False when some of it is left. Of the same user as the tree and with our image's programs,
 * it holds nothing that the agent could reach for. It goes in any case: by itself, or with its pod.
 */
export async function killFromBeside(victim: Victim, tree: Tree): Promise<boolean> {
  const { client, containerId } = victim
  const signal = AbortSignal.timeout(withinMs)
  const inspected = await client.inspect(containerId, signal)
  // Nobody sees the processes of a second kernel from beside it.
  if (inspected.HostConfig.Runtime !== 'runc') return false
  const config = killerConfig(victim, tree, inspected)
  const id = await client.create(config)
  try {
    await client.start(id)
    verifyContainer(config, await client.inspect(id, signal))
    const { StatusCode: code } = await client.call('killing a command', (docker) =>
      docker.getContainer(id).wait({ abortSignal: signal }),
    )
    return code === 0
  } finally {
    await client.remove(id, AbortSignal.timeout(withinMs))
  }
}

function killerConfig(
  { client: { installation }, pod }: Victim,
  { mark, user }: Tree,
  { Config: config, HostConfig: host }: Docker.ContainerInspectInfo,
) {
  const [uid = 0, gid = 0] = config.User.split(':').map(Number)
  return memberConfig({
    owner: { installation, pod, podKind: PodLabels.parse(config.Labels).podKind },
    gate: (host.PidMode ?? '').replace(/^container:/, ''),
    container: {
      // No blueprint can name one of its own so.
      name: `killer.${newSecret()}`,
      image: gateImage,
      command: ['/bin/sh', '-c', script, 'sh', mark],
      ...(user ?? { uid, gid }),
      env: {},
      workingDirectory: '/',
      limits: { cpus: 1, memoryBytes: 64 * 2 ** 20, pids: 32, shmBytes: 2 ** 20 },
      mounts: [],
      tmpfs: [],
    },
  })
}
