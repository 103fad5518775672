import { Readable, Writable } from 'node:stream'
import { demultiplex } from './demultiplex.ts'
import type { DockerClient, FoundContainer } from './docker-client.ts'
import { label } from './labels.ts'
import { quote } from './shell.ts'

const image = 'stuntdouble/keeper'
const withinMs = 30_000

/**
 * Looks at the open files of every process in the pods' control groups, and at no other process. A
 * name tells nothing, for an agent may choose it: what counts is that no name is left, and that the
 * file is on a volume. Each file counts once, however many have it open.
 */
const script = (containers: readonly string[]) => `
for process in /proc/[0-9]*; do
  id=$(grep -o -m 1 -E ${quote(containers.join('|'))} "$process/cgroup") || continue
  volumes=$(awk '{ for (at = 7; $at != "-"; at++); if ($(at + 1) ~ /^(xfs|overlay|ext4|btrfs)$/) print $3 }' "$process/mountinfo")
  find "$process/fd" -lname '* (deleted)' -exec stat -L -c "$id %h %Hd:%Ld %i %b" {} + |
    grep -wF "$volumes"
done 2>/dev/null | sort -u | awk '$2 == 0 { held[$1] += $5 * 512 } END { for (id in held) printf "%s %.0f\\n", id, held[id] }'`

/** By pod. Once through with a helper that shares the engine's processes; it goes in any case. */
export async function heldOpen(
  client: DockerClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const found = (await client.find(signal)).filter(({ state }) => state === 'running')
  if (found.length === 0) return new Map()
  const id = await client.create(helperConfig(client, found))
  try {
    await client.start(id)
    const { docker } = client
    await client.call('waiting for a helper', () =>
      docker.getContainer(id).wait({ abortSignal: signal }),
    )
    const framed = await docker.getContainer(id).logs({ stdout: true, abortSignal: signal })
    return byPod(await textOf(framed), found)
  } finally {
    await client.remove(id, AbortSignal.timeout(withinMs))
  }
}

function helperConfig({ installation }: DockerClient, found: readonly FoundContainer[]) {
  return {
    Image: image,
    User: '0:0',
    Entrypoint: ['sh', '-c', script(found.map((container) => container.id))],
    Cmd: [],
    Labels: { [label.installation]: installation, [label.kind]: 'helper' },
    HostConfig: {
      NetworkMode: 'none',
      PidMode: 'host',
      CapDrop: ['ALL'],
      // To follow the links to other processes' open files, and to look at what those lead to.
      CapAdd: ['SYS_PTRACE', 'DAC_READ_SEARCH'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      Memory: 256 * 2 ** 20,
      PidsLimit: 64,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    },
  }
}

async function textOf(framed: Buffer): Promise<string> {
  const parts: Buffer[] = []
  const collect = () =>
    new Writable({
      write: (part: Buffer, _, done) => {
        parts.push(part)
        done()
      },
    })
  const outputs = { stdout: collect(), stderr: collect() }
  await demultiplex(Readable.from([framed], { objectMode: false }), outputs)
  return Buffer.concat(parts).toString('utf8')
}

function byPod(said: string, found: readonly FoundContainer[]): ReadonlyMap<string, number> {
  const podOf = new Map(found.map(({ id, pod }) => [id, pod]))
  const held = new Map<string, number>()
  for (const line of said.split('\n').filter(Boolean)) {
    const [id = '', bytes] = line.split(' ')
    const pod = podOf.get(id)
    if (pod !== undefined) held.set(pod, (held.get(pod) ?? 0) + Number(bytes))
  }
  return held
}
