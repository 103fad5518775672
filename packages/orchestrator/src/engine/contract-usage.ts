import { expect, test } from 'vitest'
import { contractCommands as commands } from './contract-commands.ts'
import { exec, type OpenEngine, startedPod } from './contract-pods.ts'

export function usageTests(open: OpenEngine): void {
  test('what a command takes is counted for the container it runs in', async ({ signal }) => {
    await using under = await open()
    const pod = await startedPod(under)
    const usage = async (name: string) =>
      (await under.engine.usage(pod.id, signal)).find((each) => each.name === name)
    const [workspace, db] = [await usage('workspace'), await usage('db')]
    const busy = await exec(under, pod, commands.busy)
    busy.stdout.resume()
    busy.stderr.resume()
    await busy.exit
    const [later, quiet] = [await usage('workspace'), await usage('db')]

    expect(workspace?.memoryBytes).toBeGreaterThan(0)
    expect(workspace?.cacheBytes).toBeGreaterThanOrEqual(0)
    expect(workspace?.processes).toBeGreaterThan(0)
    expect(later?.at).toBeGreaterThanOrEqual(workspace?.at ?? 0)
    const spent = (later?.cpuSeconds ?? 0) - (workspace?.cpuSeconds ?? 0)
    expect(spent).toBeGreaterThan(0)
    expect((quiet?.cpuSeconds ?? 0) - (db?.cpuSeconds ?? 0)).toBeLessThan(spent)
  })

  test('a pod that does not run uses nothing', async ({ signal }) => {
    await using under = await open()

    await expect(under.engine.usage('never-created', signal)).resolves.toEqual([])
  })
}
