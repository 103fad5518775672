import { type EngineClient, openEngine } from '../lib/container-runtime.ts'

/** The containers of a sandbox, its gate among them. */
export async function podContainers(sandbox: string) {
  const engine = await openEngine()
  const filters = JSON.stringify({ label: [`dev.stuntdouble.sandbox=${sandbox}`] })
  const found = await engine.listContainers({ filters })
  return found.map(({ Id, Labels }) => ({ id: Id, kind: Labels['dev.stuntdouble.kind'] ?? '' }))
}

/**
 * Memory that the kernel could not simply let go: of its processes, what they share (PostgreSQL’s
 * buffers), and what the kernel keeps for them. Without the page cache, which is the active and the
 * inactive files of memory.stat, in version 1 of cgroups and in version 2.
 */
export async function heldMemoryBytes(sandbox: string): Promise<number> {
  const engine = await openEngine()
  const containers = await podContainers(sandbox)
  const held = await Promise.all(containers.map(({ id }) => heldBy(engine, id)))
  return held.reduce((sum, bytes) => sum + bytes, 0)
}

async function heldBy(engine: EngineClient, id: string): Promise<number> {
  const { memory_stats } = await engine.getContainer(id).stats({ stream: false, 'one-shot': true })
  const parts: Readonly<Record<string, number | undefined>> = { ...memory_stats.stats }
  const of = (name: string) => parts[`total_${name}`] ?? parts[name] ?? 0
  return memory_stats.usage - of('active_file') - of('inactive_file')
}
