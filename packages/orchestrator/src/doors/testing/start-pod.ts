import type { FakeEngine } from '../../engine/fake/fake-engine.ts'

/** A pod with a workspace, for an hour. */
export async function startPod(engine: FakeEngine, id: string): Promise<void> {
  const signal = new AbortController().signal
  const image = 'stuntdouble/workspace'
  await engine.images.ensure(image, () => {}, signal)
  const workspace = {
    ...{ name: 'workspace', image, command: ['sleep'], uid: 64_002, gid: 64_002, env: {} },
    ...{ workingDirectory: '/', mounts: [], tmpfs: [] },
    limits: { cpus: 1, memoryBytes: 1, pids: 16, shmBytes: 0 },
  }
  const deadline = new Date(Date.now() + 3_600_000)
  const pod = { id, kind: 'sandbox', deadline, hosts: [], containers: [workspace] } as const
  await engine.start(pod, signal)
}
