import { randomUUID } from 'node:crypto'
import type { EngineClient } from '../lib/container-runtime.ts'

/** Containers and volumes of strangers, and what is known of them. Disposal removes them. */
export interface Bystanders extends AsyncDisposable {
  readonly before: readonly unknown[]
  now(): Promise<readonly unknown[]>
}

const pod = 'sbaaaaaaaaaaaa'
const sandboxLabels = {
  'dev.stuntdouble.sandbox': pod,
  'dev.stuntdouble.kind': 'gate',
  'dev.stuntdouble.pod': 'sandbox',
}

/** From nothing in common with ours to all but the last letter. */
const disguises = (installation: string): readonly Readonly<Record<string, string>>[] => [
  {},
  sandboxLabels,
  { ...sandboxLabels, 'dev.stuntdouble.installation': `${installation}0` },
  { ...sandboxLabels, 'dev.stuntdouble.installation': installation.slice(0, -1) },
  { ...sandboxLabels, 'dev.stuntdouble.installation': '' },
  { 'dev.stuntdouble.pool': `${installation}0`, 'dev.stuntdouble.kind': 'pool-keeper' },
]

export async function placeBystanders(
  docker: EngineClient,
  installation: string,
): Promise<Bystanders> {
  await using scope = new AsyncDisposableStack()
  const looks: (() => Promise<unknown>)[] = []
  for (const [index, labels] of disguises(installation).entries()) {
    const name = `${pod}-${index}${randomUUID().slice(0, 8)}`
    await docker.createVolume({ Name: name, Labels: { ...labels } })
    scope.defer(() => docker.getVolume(name).remove())
    const container = await docker.createContainer({
      name: `sd-${name}`,
      Image: 'stuntdouble/gate',
      Entrypoint: ['sleep', '3600'],
      Labels: { ...labels },
      HostConfig: { NetworkMode: 'none', Binds: [`${name}:/data`] },
    })
    scope.defer(() => container.remove({ force: true }))
    // The first of each runs, every other has only been made.
    if (index % 2 === 0) await container.start()
    looks.push(async () => {
      const { Id, State, RestartCount } = await container.inspect()
      return { Id, State, RestartCount, volume: await docker.getVolume(name).inspect() }
    })
  }
  const now = () => Promise.all(looks.map((look) => look()))
  const before = await now()
  const placed = scope.move()
  return { before, now, [Symbol.asyncDispose]: () => placed.disposeAsync() }
}
