import { rm } from 'node:fs/promises'
import type { DockerClient } from './docker-client.ts'
import { label } from './labels.ts'
import { poolLabel, shortLived } from './pool-names.ts'

interface Places {
  readonly client: DockerClient
  /** Undefined where it is not ours alone. */
  readonly scratch: string | undefined
}

/** What `Engine.recover` promises. A pod’s own helper goes with its pod. */
export async function removeLeftBehind(
  { client, scratch }: Places,
  signal: AbortSignal,
): Promise<void> {
  if (scratch !== undefined) await rm(scratch, { recursive: true, force: true })
  const found = await Promise.all(
    kinds.map(([owner, kind]) => listed(client, { owner, kind }, signal)),
  )
  await Promise.all(found.flat().map((id) => client.remove(id, signal)))
}

const kinds = [
  [poolLabel.pool, shortLived.loop],
  [poolLabel.pool, shortLived.runner],
  [label.installation, shortLived.helper],
] as const

async function listed(
  client: DockerClient,
  { owner, kind }: { readonly owner: string; readonly kind: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const wanted = [`${owner}=${client.installation}`, `${label.kind}=${kind}`]
  const filters = JSON.stringify({ label: wanted })
  const found = await client.call('listing containers', (docker) =>
    docker.listContainers({ all: true, filters, abortSignal: signal }),
  )
  return found.filter(({ Labels }) => Labels[label.sandbox] === undefined).map(({ Id }) => Id)
}
